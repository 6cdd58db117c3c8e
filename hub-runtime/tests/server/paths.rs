//! One hub at several paths.

use crate::client::{Client, request, send};
use crate::hub::{Noticed, Server, Test, TestHub};
use hub_runtime::{BuildError, DisconnectReason, Hubs};
use serde_json::{Value, json};

/// Negotiates at the further path and polls; gives the path with the token.
async fn polling(server: &Server) -> String {
    let negotiate = "/hubs/over-http/negotiate?negotiateVersion=1";
    let (status, body) = request(server, "POST", negotiate).await;
    assert_eq!(status, 200);
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let token = body["connectionToken"].as_str().expect("a token");
    let path = format!("/hubs/over-http?id={token}");
    assert_eq!(request(server, "GET", &path).await.0, 200);
    let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
    assert_eq!(send(server, "POST", &path, handshake).await.status, 200);
    assert_eq!(request(server, "GET", &path).await.1, "{}\u{1e}");
    path
}

#[tokio::test]
async fn connections_of_two_paths_are_of_one_hub() {
    let mut server = Server::start().await;
    let path = polling(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let mut client = Client::json(&server).await;
    client.invoke("Broadcast", json!(["to both"])).await;
    let text = "{\"type\":1,\"target\":\"Receive\",\"arguments\":[\"to both\"]}\u{1e}";
    assert_eq!(request(&server, "GET", &path).await.1, text);
    let hub = server.hubs.context::<dyn TestHub>();
    hub.clients().all().receive("and again").await.unwrap();
    let text = text.replace("to both", "and again");
    assert_eq!(request(&server, "GET", &path).await.1, text);
}

#[tokio::test]
async fn a_further_path_has_transports_of_its_own() {
    let server = Server::start().await;
    let offered = async |path: &str| {
        let (_, body) = request(&server, "POST", &format!("{path}/negotiate")).await;
        let body: Value = serde_json::from_str(&body).expect("JSON");
        body["availableTransports"].as_array().map(Vec::len)
    };
    assert_eq!(offered("/hubs/test").await, Some(3));
    assert_eq!(offered("/hubs/over-http").await, Some(2));
}

#[tokio::test]
async fn a_token_opens_only_the_path_that_gave_it() {
    let server = Server::start().await;
    let path = polling(&server).await.replace("over-http", "test");
    let answer = request(&server, "GET", &path).await;
    assert_eq!(answer, (404, "No Connection with that ID".to_owned()));
}

#[tokio::test]
async fn a_shutdown_ends_the_connections_of_further_paths() {
    let mut server = Server::start().await;
    let path = polling(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    let reason = Noticed::Disconnected(DisconnectReason::ServerShutdown);
    assert_eq!(server.noticed().await, reason);
    drop(path);
    shutdown.await.unwrap();
}

#[test]
fn what_cannot_be_mounted() {
    let check = |first: &str, second: &str, expected: Option<BuildError>| {
        // The order of calls means nothing.
        let hubs = Hubs::builder()
            .also_at::<dyn TestHub>(second, |_| {})
            .hub::<dyn TestHub>(first, Test::unwatched())
            .build();
        assert_eq!(hubs.err(), expected, "{first} and {second}");
    };
    check("/a", "/b", None);
    check("/a", "/a/b", None);
    check("/a", "/A", Some(BuildError::DuplicatePath("/A".to_owned())));
    let negotiate = "/a/negotiate".to_owned();
    check(
        "/a",
        "/a/negotiate",
        Some(BuildError::DuplicatePath(negotiate)),
    );
    check("/a", "b", Some(BuildError::InvalidPath("b".to_owned())));
}

#[test]
fn a_further_path_of_a_hub_that_is_not_mounted_is_refused() {
    let hubs = Hubs::builder().also_at::<dyn TestHub>("/a", |_| {}).build();
    assert_eq!(hubs.err(), Some(BuildError::HubNotMounted("TestHub")));
}
