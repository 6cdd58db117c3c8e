use crate::client::{Client, request};
use crate::hub::{Noticed, Server, TestHub};
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

#[tokio::test]
async fn a_running_call_ends_and_is_answered_before_the_goodbye() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("0", "Echo", json!(["ready"])).await;
    client.call("1", "Wait", json!(["running"])).await;
    client.call("2", "Wait", json!(["never begun"])).await;
    assert_eq!(client.next().await.unwrap()["result"], "ready");
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    while request(&server, "POST", "/hubs/test/negotiate").await.0 != 503 {}
    server.go.notify_one();
    assert_eq!(client.next().await.unwrap()["result"], "running");
    assert_eq!(
        client.next().await,
        Some(json!({"type": 7, "allowReconnect": true}))
    );
    assert_eq!(client.next().await, None);
    drop(client);
    shutdown.await.unwrap();
}

#[tokio::test]
async fn calls_and_streams_without_end_do_not_hold_a_shutdown_up() {
    let server =
        Server::with(|options| options.abort_grace_period = std::time::Duration::ZERO).await;
    let mut client = Client::json(&server).await;
    client.call("1", "Wait", json!(["for ever"])).await;
    client
        .send(json!({"type": 4, "invocationId": "2", "target": "Endless", "arguments": []}))
        .await;
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    assert_eq!(
        client.last().await,
        Some(json!({"type": 7, "allowReconnect": true}))
    );
    drop(client);
    shutdown.await.unwrap();
}

#[tokio::test]
async fn a_connection_whose_server_was_dropped_is_forgotten() {
    let mut server = Server::start().await;
    let (_, body) = request(&server, "POST", "/hubs/test/negotiate").await;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let id = body["connectionId"].as_str().unwrap();
    let mut client = Client::raw(&server, &format!("?id={id}")).await;
    client.send(json!({"protocol": "json", "version": 1})).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    server.task.abort();
    assert_eq!(client.last().await, Some(json!({})));
    let hub = server.hubs.context::<dyn TestHub>();
    let error = hub.clients().client(id).ask("?").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("Connection '{id}' does not exist.")
    );
}
