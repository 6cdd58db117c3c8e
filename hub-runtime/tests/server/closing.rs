use crate::client::Client;
use crate::hub::{Noticed, Server, TestHub};
use hub_runtime::{CloseMessage, DisconnectReason};
use serde_json::{Value, json};

/// Closes a connection from outside the hub, and gives the last thing that its client reads.
async fn closed(message: CloseMessage) -> Value {
    let mut server = Server::start().await;
    let mut client = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let id = client.invoke("Id", json!([])).await;
    let hub = server.hubs.context::<dyn TestHub>();
    hub.close(id["result"].as_str().unwrap(), message.clone());
    let last = client.last().await.expect("a goodbye");
    let reason = DisconnectReason::Aborted(message);
    assert_eq!(server.noticed().await, Noticed::Disconnected(reason));
    last
}

#[tokio::test]
async fn without_a_word() {
    assert_eq!(closed(CloseMessage::new()).await, json!({"type": 7}));
}

#[tokio::test]
async fn with_a_text() {
    assert_eq!(
        closed("Removed.".into()).await,
        json!({"type": 7, "error": "Removed."})
    );
}

#[tokio::test]
async fn with_a_way_back() {
    let message = CloseMessage::new().error("Later.").allow_reconnect();
    assert_eq!(
        closed(message).await,
        json!({"type": 7, "error": "Later.", "allowReconnect": true})
    );
}

#[tokio::test]
async fn an_empty_text_is_none() {
    assert_eq!(closed(CloseMessage::from("")).await, json!({"type": 7}));
}

#[tokio::test]
async fn an_unknown_id_closes_nothing() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    server.hubs.context::<dyn TestHub>().abort("nobody");
    assert_eq!(
        client.invoke("Echo", json!(["here"])).await["result"],
        "here"
    );
}
