use crate::client::{Client, request};
use crate::hub::Server;
use hub_runtime::DisconnectReason;
use serde_json::json;

#[tokio::test]
async fn clients_are_told_to_come_back_and_new_ones_are_refused() {
    let mut server = Server::start().await;
    let mut client = Client::json(&server).await;
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    assert_eq!(
        client.last().await,
        Some(json!({"type": 7, "allowReconnect": true}))
    );
    drop(client);
    shutdown.await.unwrap();
    server
        .expect_disconnect(DisconnectReason::ServerShutdown)
        .await;
    assert_eq!(
        request(&server, "POST", "/hubs/test/negotiate").await.0,
        503
    );
}
