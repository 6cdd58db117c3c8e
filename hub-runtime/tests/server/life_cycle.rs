use crate::client::{Client, frame, message};
use crate::hub::{Noticed, Server};
use hub_runtime::{CloseMessage, DisconnectReason};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;

#[tokio::test]
async fn a_client_says_goodbye() {
    let mut server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.send(json!({"type": 7})).await;
    assert_eq!(client.last().await, Some(json!({"type": 7})));
    server
        .expect_disconnect(DisconnectReason::ClientClosed(None))
        .await;
    server.expect_silence();
}

#[tokio::test]
async fn a_client_says_goodbye_with_an_error() {
    let mut server = Server::start().await;
    let mut client = Client::json(&server).await;
    client
        .send(json!({"type": 7, "error": "The user left."}))
        .await;
    client.last().await;
    let reason = DisconnectReason::ClientClosed(Some("The user left.".to_owned()));
    server.expect_disconnect(reason).await;
}

#[tokio::test]
async fn a_client_vanishes() {
    let mut server = Server::start().await;
    Client::json(&server).await.vanish();
    server
        .expect_disconnect(DisconnectReason::ConnectionLost)
        .await;
    server.expect_silence();
}

#[tokio::test]
async fn a_client_vanishes_while_nobody_listens_to_it() {
    let mut server =
        Server::with(|options| options.abort_grace_period = std::time::Duration::ZERO).await;
    let mut client = Client::json(&server).await;
    client.call("0", "Wait", json!(["for ever"])).await;
    // So many calls behind it that the server stops to read.
    for _ in 0..500 {
        client.call("1", "Echo", json!(["never begun"])).await;
    }
    client.vanish();
    server
        .expect_disconnect(DisconnectReason::ConnectionLost)
        .await;
}

#[tokio::test]
async fn the_application_aborts() {
    let mut server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("1", "Abort", json!([])).await;
    assert_eq!(client.last().await, Some(json!({"type": 7})));
    server
        .expect_disconnect(DisconnectReason::Aborted(CloseMessage::new()))
        .await;
}

#[tokio::test]
async fn a_running_call_hears_of_the_end_before_on_disconnected() {
    let mut server = Server::start().await;
    let mut client = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    client.call("1", "UntilAborted", json!([])).await;
    client.send(json!({"type": 7})).await;
    assert_eq!(server.noticed().await, Noticed::Aborted);
    assert_eq!(
        server.noticed().await,
        Noticed::Disconnected(DisconnectReason::ClientClosed(None))
    );
}

#[tokio::test]
async fn a_call_that_ignores_the_end_is_dropped() {
    let mut server =
        Server::with(|options| options.abort_grace_period = std::time::Duration::ZERO).await;
    let mut client = Client::json(&server).await;
    client.call("1", "Wait", json!(["for ever"])).await;
    client.send(json!({"type": 7})).await;
    server
        .expect_disconnect(DisconnectReason::ClientClosed(None))
        .await;
}

/// Connects with a query that makes `on_connected` fail, and gives the last message.
async fn refused(server: &Server, query: &str) -> Option<serde_json::Value> {
    let mut client = Client::raw(server, query).await;
    client.send(json!({"protocol": "json", "version": 1})).await;
    assert_eq!(client.next().await, Some(json!({})));
    client.last().await
}

#[tokio::test]
async fn on_connected_refuses_with_a_text() {
    let mut server = Server::start().await;
    let error = "Connection closed with an error. HubException: Not today.";
    assert_eq!(
        refused(&server, "?refuse").await,
        Some(json!({"type": 7, "error": error}))
    );
    server.expect_silence();
}

#[tokio::test]
async fn on_connected_may_not_wait_for_an_answer_that_nobody_reads() {
    let server = Server::with(|options| options.enable_detailed_errors = true).await;
    let goodbye = refused(&server, "?ask").await.expect("a goodbye");
    let error = goodbye["error"].as_str().expect("an error");
    let detail = "Client results inside OnConnectedAsync Hub methods are not allowed.";
    assert!(error.contains(detail), "{error}");
}

#[tokio::test]
async fn on_connected_panics() {
    let mut server = Server::start().await;
    let error = "Connection closed with an error.";
    assert_eq!(
        refused(&server, "?panic").await,
        Some(json!({"type": 7, "error": error}))
    );
    server.expect_silence();
}

#[tokio::test]
async fn an_ended_connection_is_in_no_group_and_hears_nothing() {
    let mut server = Server::start().await;
    let mut stays = Client::json(&server).await;
    let goes = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    assert_eq!(server.noticed().await, Noticed::Connected);
    goes.vanish();
    assert_eq!(
        server.noticed().await,
        Noticed::Disconnected(DisconnectReason::ConnectionLost)
    );
    stays.call("1", "Broadcast", json!(["still here"])).await;
    assert_eq!(
        stays.next().await.unwrap()["arguments"],
        json!(["still here"])
    );
}

#[tokio::test]
async fn messages_before_a_close_frame_are_handled_though_on_connected_still_runs() {
    let mut server = Server::start().await;
    let mut other = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let mut hasty = Client::raw(&server, "?wait").await.into_stream();
    let frames = [
        message(&json!({"protocol": "json", "version": 1})),
        message(&json!({"type": 1, "target": "Broadcast", "arguments": ["bye"]})),
        message(&json!({"type": 7})),
        frame(8, ""),
    ];
    hasty.write_all(&frames.concat()).await.unwrap();
    server.go.notify_one();
    assert_eq!(other.next().await.unwrap()["arguments"], json!(["bye"]));
    server
        .expect_disconnect(DisconnectReason::ClientClosed(None))
        .await;
}

#[tokio::test]
async fn what_follows_a_close_frame_is_ignored() {
    let mut server = Server::start().await;
    let mut other = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let mut wrong = Client::json(&server).await.into_stream();
    let late = message(&json!({"type": 1, "target": "Broadcast", "arguments": ["late"]}));
    let frames = [frame(8, ""), late.clone(), late];
    wrong.write_all(&frames.concat()).await.unwrap();
    server
        .expect_disconnect(DisconnectReason::ConnectionLost)
        .await;
    other.call("1", "Echo", json!(["first"])).await;
    assert_eq!(other.next().await.unwrap()["result"], "first");
}

#[tokio::test]
async fn on_connected_is_not_cut_in_half_by_the_end_of_its_connection() {
    let mut server = Server::start().await;
    let mut client = Client::raw(&server, "?wait").await;
    client.send(json!({"protocol": "json", "version": 1})).await;
    assert_eq!(client.next().await, Some(json!({})));
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    assert_eq!(
        client.last().await,
        Some(json!({"type": 7, "allowReconnect": true}))
    );
    server.expect_silence();
    server.go.notify_one();
    server
        .expect_disconnect(DisconnectReason::ServerShutdown)
        .await;
    drop(client);
    shutdown.await.unwrap();
    server.expect_silence();
}

#[tokio::test]
async fn on_connected_may_not_ask_because_no_answer_is_read_yet() {
    let server = Server::with(|options| options.enable_detailed_errors = true).await;
    let error = "Connection closed with an error. ClientResultError: \
                 Client results inside OnConnectedAsync Hub methods are not allowed.";
    assert_eq!(
        refused(&server, "?ask").await,
        Some(json!({"type": 7, "error": error}))
    );
}
