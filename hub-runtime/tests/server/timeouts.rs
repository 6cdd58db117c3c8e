use crate::client::{Client, negotiated, request};
use crate::hub::Server;
use hub_runtime::DisconnectReason;
use serde_json::json;
use std::time::Duration;
use tokio_tungstenite::tungstenite::protocol::Message;

const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_client_without_a_handshake_is_sent_away() {
    let server = Server::with(|options| options.handshake_timeout = SHORT).await;
    let mut client = Client::raw(&server, "").await;
    client.text("{\"protocol\":\"json\"").await;
    assert_eq!(
        client.last().await,
        Some(json!({"error": "Handshake was canceled."}))
    );
}

#[tokio::test]
async fn a_client_that_has_pinged_may_not_fall_silent() {
    let mut server = Server::with(|options| options.client_timeout_interval = SHORT).await;
    let mut client = Client::json(&server).await;
    client.send(json!({"type": 6})).await;
    let close =
        json!({"type": 7, "error": "Connection closed with an error.", "allowReconnect": true});
    assert_eq!(client.last().await, Some(close));
    server
        .expect_disconnect(DisconnectReason::ClientTimeout)
        .await;
}

#[tokio::test]
async fn the_server_pings() {
    let server = Server::with(|options| options.keep_alive_interval = SHORT).await;
    let mut client = Client::json(&server).await;
    for _ in 0..3 {
        assert_eq!(
            client.message().await,
            Some(Message::text("{\"type\":6}\u{1e}"))
        );
    }
}

#[tokio::test]
async fn an_unused_negotiation_expires() {
    let server = Server::with(|options| options.disconnect_timeout = SHORT).await;
    let path = negotiated(&server).await;
    // It is there at first: DELETE says that this is no way to end it.
    while request(&server, "DELETE", &path).await.0 == 400 {}
    assert_eq!(
        request(&server, "DELETE", &path).await,
        (404, "No Connection with that ID".to_owned())
    );
}
