use crate::client::{Client, negotiated, request};
use crate::hub::{Noticed, Server};
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

#[tokio::test]
async fn half_open_peers_are_dropped() {
    const PEERS: usize = 50;
    let mut server = Server::with(|options| options.client_timeout_interval = SHORT * 4).await;
    let mut peers = Vec::new();
    for _ in 0..PEERS {
        let mut client = Client::json(&server).await;
        client.send(json!({"type": 6})).await;
        // Neither read nor closed from here on.
        peers.push(client.into_stream());
    }
    let mut dropped = 0;
    while dropped < PEERS {
        match server.noticed().await {
            Noticed::Connected => {}
            other => {
                assert_eq!(
                    other,
                    Noticed::Disconnected(DisconnectReason::ClientTimeout)
                );
                dropped += 1;
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_was_kept_waiting_may_not_fall_silent_afterwards() {
    let mut server = Server::with(|options| options.client_timeout_interval = SHORT * 20).await;
    let mut client = Client::json(&server).await;
    client.send(json!({"type": 6})).await;
    // Far more than sockets hold, so that the server stops reading for a while.
    client
        .send(json!({"type": 4, "invocationId": "1", "target": "Count", "arguments": [100_000]}))
        .await;
    // Nothing is read until the server has had the time to fill them.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
    }
    let mut items = 0;
    while client.next().await.expect("an item or the end")["type"] != 3 {
        items += 1;
        // However long a busy machine takes to read, the client is not silent meanwhile.
        if items % 100 == 0 {
            client.send(json!({"type": 6})).await;
        }
    }
    client.last().await;
    server
        .expect_disconnect(DisconnectReason::ClientTimeout)
        .await;
}
