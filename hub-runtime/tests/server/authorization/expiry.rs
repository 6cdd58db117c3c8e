//! Connections whose user's proof ends.

use super::hub::{Who, after, ask, bearer, negotiated, start_with, until, upgrade};
use crate::client::{Answer, answer, open_with};
use crate::hub::Server;
use axum::Router;
use hub_runtime::{HubsBuilder, RawConnection};
use serde_json::json;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

const HANDSHAKE: &str = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
const CLOSE: &str = "{\"type\":7,\"allowReconnect\":true}\u{1e}";
const SOON: Duration = Duration::from_millis(400);
const LATER: Duration = Duration::from_secs(3600);

/// A server that closes, and looks at the time often.
async fn start() -> Server {
    start_with(|options| {
        options.close_on_authentication_expiration = true;
        options.handshake_timeout = Duration::from_millis(500);
        options.long_polling_poll_timeout = Duration::from_millis(900);
    })
    .await
}

async fn send(server: &Server, credentials: &str, method: &str, path: &str, body: &str) -> Answer {
    answer(open_with(server, method, path, credentials, body).await).await
}

#[tokio::test]
async fn a_web_socket_is_closed_when_the_time_is_over() {
    let server = start().await;
    let credentials = until(Who::User, after(SOON));
    let mut client = upgrade(&server, &credentials, "/closed")
        .await
        .expect("a socket");
    client.shake_hands().await;
    let close = json!({"type": 7, "allowReconnect": true});
    assert_eq!(client.last().await, Some(close));
}

#[tokio::test]
async fn an_event_stream_is_closed_when_the_time_is_over() {
    let server = start().await;
    let credentials = until(Who::User, after(SOON));
    let path = negotiated(&server, Who::User, "/closed").await;
    let events = format!("{path}&accept-events");
    let mut stream = open_with(&server, "GET", &events, &credentials, "").await;
    send(&server, &Who::User.header(), "POST", &path, HANDSHAKE).await;
    let mut text = String::new();
    let end = stream.read_to_string(&mut text);
    let end = tokio::time::timeout(Duration::from_secs(10), end).await;
    end.expect("an end within 10 s").expect("text");
    assert!(text.contains(CLOSE), "{text}");
}

/// A polling connection behind its handshake, whose last poll has brought a time.
async fn polling(server: &Server, credentials: &str) -> String {
    let path = negotiated(server, Who::User, "/closed").await;
    send(server, &Who::User.header(), "GET", &path, "").await;
    send(server, &Who::User.header(), "POST", &path, HANDSHAKE).await;
    let answer = send(server, credentials, "GET", &path, "").await;
    assert_eq!(answer.body, "{}\u{1e}");
    path
}

#[tokio::test]
async fn a_polling_connection_is_closed_when_the_time_is_over() {
    let server = start().await;
    let credentials = until(Who::User, after(SOON));
    let path = polling(&server, &credentials).await;
    let answer = send(&server, &credentials, "GET", &path, "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, CLOSE));
    assert_eq!(
        ask(&server, Who::Expired, "GET", &path, "").await.status,
        401
    );
}

#[tokio::test]
async fn a_poll_brings_a_new_time() {
    let server = start().await;
    let path = polling(&server, &until(Who::User, after(SOON))).await;
    let later = until(Who::User, after(LATER));
    // Empty, since the poll's own time is over behind the first proof's.
    let answer = send(&server, &later, "GET", &path, "").await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
}

#[tokio::test]
async fn a_stateful_reconnect_brings_a_new_time() {
    let server = start().await;
    let path = negotiated(&server, Who::User, "/closed").await;
    let soon = until(Who::User, after(SOON));
    let mut client = upgrade(&server, &soon, &path).await.expect("a socket");
    client.send(json!({"protocol": "json", "version": 2})).await;
    assert_eq!(client.next().await, Some(json!({})));
    let later = until(Who::User, after(LATER));
    let mut resumed = upgrade(&server, &later, &path).await.expect("a socket");
    // Another connection of the first proof's is the clock.
    let mut clock = upgrade(&server, &soon, "/closed").await.expect("a socket");
    clock.shake_hands().await;
    clock.last().await;
    resumed.send(json!({"type": 9, "sequenceId": 1})).await;
    let answer = resumed.invoke("Who", json!([])).await;
    assert_eq!(answer["result"], "ann");
}

#[tokio::test]
async fn connections_go_on_where_the_option_is_off() {
    let server = start_with(|options| options.handshake_timeout = Duration::from_millis(500)).await;
    let soon = until(Who::User, after(SOON));
    let mut client = upgrade(&server, &soon, "/closed").await.expect("a socket");
    client.shake_hands().await;
    let closing = start().await;
    let mut clock = upgrade(&closing, &soon, "/closed").await.expect("a socket");
    clock.shake_hands().await;
    clock.last().await;
    assert_eq!(client.invoke("Who", json!([])).await["result"], "ann");
}

/// A handler that waits for its client, and says what it was like.
async fn raw() -> Server {
    let make = |builder: HubsBuilder| {
        builder.jwt_bearer(bearer()).connection_handler_with(
            "/raw",
            async |mut connection: RawConnection| {
                while connection.receive().await.is_some() {}
                let _ = connection.send("goodbye").await;
            },
            |options| {
                options.close_on_authentication_expiration = true;
                options.disconnect_timeout = Duration::from_secs(3);
            },
        )
    };
    Server::made(make, Router::new()).await
}

#[tokio::test]
async fn connections_without_the_hub_protocol_end_too() {
    let server = raw().await;
    let credentials = until(Who::User, after(SOON));
    let socket = async {
        let client = upgrade(&server, &credentials, "/raw").await;
        let mut client = client.expect("a socket");
        let goodbye = client.message().await;
        assert_eq!(goodbye, Some(Message::text("goodbye")));
        let Some(Message::Close(Some(close))) = client.message().await else {
            panic!("no Close frame");
        };
        assert_eq!(close.code, CloseCode::Normal);
    };
    let polls = async {
        let path = negotiated(&server, Who::User, "/raw").await;
        send(&server, &credentials, "GET", &path, "").await;
        let answer = send(&server, &credentials, "GET", &path, "").await;
        assert_eq!(answer.body, "goodbye");
        let answer = send(&server, &credentials, "GET", &path, "").await;
        assert_eq!(answer.status, 401);
    };
    tokio::join!(socket, polls);
}
