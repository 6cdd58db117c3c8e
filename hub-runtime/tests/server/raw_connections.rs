use crate::client::{Client, frame, negotiated_at, open, request, send};
use crate::event_stream::Events;
use crate::hub::Server;
use axum::Router;
use hub_runtime::{ConnectionOptions, RawConnection, RawMessage, RawSendError, User};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::protocol::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

/// What handlers have to say.
type Notices = mpsc::UnboundedReceiver<String>;

/// A server whose `/raw` does what the query asks for.
async fn start(adjust: impl FnOnce(&mut ConnectionOptions)) -> (Server, Notices) {
    let (sender, notices) = mpsc::unbounded_channel();
    let handler = move |connection| serve(connection, sender.clone());
    let server = Server::made(
        |builder| {
            builder
                .identify(|request| {
                    let path = request.uri.path();
                    Some(User::new(path.trim_end_matches("/negotiate")))
                })
                .connection_handler_with("/raw", handler, adjust)
        },
        Router::new(),
    );
    (server.await, notices)
}

async fn serve(mut connection: RawConnection, notices: mpsc::UnboundedSender<String>) {
    let query = connection.http().uri.query().unwrap_or_default().to_owned();
    if query.contains("who") {
        let id = connection.connection_id().to_owned();
        let user = connection.user().map_or("nobody", User::id);
        let text = format!("{id} {user} {}", connection.transport());
        connection.send(text).await.expect("a client that listens");
        return;
    }
    if query.contains("push") {
        let sender = connection.sender();
        while sender.send(vec![0xff; 100_000]).await.is_ok() {}
        let _ = notices.send("given up".to_owned());
        return;
    }
    assert!(!query.contains("panic"), "a panic in a handler");
    if query.contains("let-go") {
        drop(connection);
        std::future::pending::<()>().await;
        return;
    }
    while let Some(message) = connection.receive().await {
        if let Err(error) = connection.send(message).await {
            let _ = notices.send(error.to_string());
        }
    }
    if query.contains("goodbye") {
        let _ = connection.send("goodbye").await;
    }
    let _ = notices.send("over".to_owned());
    if query.contains("stubborn") {
        std::future::pending::<()>().await;
    }
}

async fn notice(notices: &mut Notices) -> String {
    let notice = tokio::time::timeout(Duration::from_secs(10), notices.recv()).await;
    notice
        .expect("a notice within 10 s")
        .expect("a handler that lives")
}

async fn close_code(client: &mut Client) -> CloseCode {
    loop {
        if let Some(Message::Close(frame)) = client.message().await {
            return frame.expect("a close code").code;
        }
    }
}

#[tokio::test]
async fn websocket_messages_keep_their_ends_and_their_kind() {
    let (server, mut notices) = start(|_| {}).await;
    let mut client = Client::raw_at(&server, "/raw").await;
    client.text("你好").await;
    client.binary(&[0, 255]).await;
    client.text("").await;
    let expected = [
        Message::text("你好"),
        Message::binary(vec![0, 255]),
        Message::text(""),
    ];
    for message in expected {
        assert_eq!(client.message().await, Some(message));
    }
    client.close().await;
    assert_eq!(notice(&mut notices).await, "over");
}

#[tokio::test]
async fn a_negotiated_websocket_has_the_id_that_was_negotiated() {
    let (server, _notices) = start(|_| {}).await;
    let (_, body) = request(&server, "POST", "/raw/negotiate").await;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let id = body["connectionId"].as_str().unwrap();
    let mut client = Client::raw_at(&server, &format!("/raw?id={id}&who")).await;
    let expected = Message::text(format!("{id} /raw WebSockets"));
    assert_eq!(client.message().await, Some(expected));
    assert_eq!(close_code(&mut client).await, CloseCode::Normal);
}

#[tokio::test]
async fn text_goes_both_ways_over_an_event_stream() {
    let (server, mut notices) = start(|_| {}).await;
    let path = negotiated_at(&server, "/raw").await;
    let mut events = Events::open(&server, &path).await;
    assert_eq!(send(&server, "POST", &path, "a\nb").await.status, 200);
    events.until("data: a\r\ndata: b\r\n\r\n").await;
    drop(events);
    assert_eq!(notice(&mut notices).await, "over");
}

#[tokio::test]
async fn bytes_that_are_no_text_are_refused_by_an_event_stream() {
    let (server, mut notices) = start(|_| {}).await;
    let path = negotiated_at(&server, "/raw").await;
    let _events = Events::open(&server, &format!("{path}&push")).await;
    assert_eq!(notice(&mut notices).await, "given up");
    assert!(RawSendError::NotText.to_string().contains("text only"));
}

#[tokio::test]
async fn bytes_go_both_ways_over_long_polling() {
    let (server, mut notices) = start(|_| {}).await;
    let path = negotiated_at(&server, "/raw").await;
    assert_eq!(send(&server, "GET", &path, "").await.status, 200);
    assert_eq!(send(&server, "POST", &path, "ping").await.status, 200);
    assert_eq!(send(&server, "GET", &path, "").await.body, "ping");
    assert_eq!(send(&server, "DELETE", &path, "").await.status, 202);
    assert_eq!(notice(&mut notices).await, "over");
    assert_eq!(send(&server, "POST", &path, "late").await.status, 404);
}

#[tokio::test]
async fn a_handlers_end_is_the_end_of_a_poll() {
    let (server, _notices) = start(|_| {}).await;
    let path = format!("{}&who", negotiated_at(&server, "/raw").await);
    assert_eq!(send(&server, "GET", &path, "").await.status, 200);
    let answer = send(&server, "GET", &path, "").await;
    assert!(answer.body.ends_with("/raw LongPolling"), "{answer:?}");
    assert_eq!(send(&server, "GET", &path, "").await.status, 204);
}

#[tokio::test]
async fn a_poll_that_does_not_come_ends_the_connection() {
    let (server, mut notices) =
        start(|options| options.disconnect_timeout = Duration::from_millis(50)).await;
    let path = negotiated_at(&server, "/raw").await;
    assert_eq!(send(&server, "GET", &path, "").await.status, 200);
    assert_eq!(notice(&mut notices).await, "over");
}

#[tokio::test]
async fn a_message_over_the_limit_ends_the_connection() {
    let (server, mut notices) = start(|_| {}).await;
    let mut client = Client::raw_at(&server, "/raw").await;
    client.binary(&vec![7; 65_536]).await;
    let echoed = client.message().await.unwrap();
    assert_eq!(echoed.len(), 65_536);
    client.binary(&vec![7; 65_537]).await;
    assert_eq!(close_code(&mut client).await, CloseCode::Size);
    assert_eq!(notice(&mut notices).await, "over");
}

#[tokio::test]
async fn a_panic_is_told_as_an_internal_error() {
    let (server, _notices) = start(|_| {}).await;
    let mut client = Client::raw_at(&server, "/raw?panic").await;
    assert_eq!(close_code(&mut client).await, CloseCode::Error);
    assert_eq!(request(&server, "POST", "/raw/negotiate").await.0, 200);
}

#[tokio::test]
async fn a_client_that_does_not_read_is_given_up() {
    let (server, mut notices) =
        start(|options| options.transport_send_timeout = Duration::from_millis(100)).await;
    let _client = Client::raw_at(&server, "/raw?push").await.into_stream();
    assert_eq!(notice(&mut notices).await, "given up");
}

#[tokio::test]
async fn a_silent_client_is_asked_for_a_sign_of_life_and_then_given_up() {
    let (server, mut notices) =
        start(|options| options.keep_alive_interval = Duration::from_millis(50)).await;
    let mut client = Client::raw_at(&server, "/raw").await;
    // Reading answers pings, so this client lives for as long as it reads.
    for _ in 0..3 {
        assert!(matches!(client.message().await, Some(Message::Ping(_))));
    }
    assert!(notices.try_recv().is_err());
    let _stream = client.into_stream();
    assert_eq!(notice(&mut notices).await, "over");
}

#[tokio::test]
async fn ten_pings_in_one_read_have_ten_pongs_in_order() {
    let (server, _notices) = start(|_| {}).await;
    let mut stream = Client::raw_at(&server, "/raw").await.into_stream();
    let pings: Vec<u8> = (0..10).flat_map(|n| frame(9, &n.to_string())).collect();
    stream.write_all(&pings).await.unwrap();
    for number in 0..10 {
        let mut pong = [0; 3];
        stream.read_exact(&mut pong).await.unwrap();
        assert_eq!(pong, [0x8a, 1, b'0' + number]);
    }
}

#[tokio::test]
async fn what_comes_before_a_broken_frame_is_still_answered() {
    let (server, mut notices) = start(|_| {}).await;
    let mut stream = Client::raw_at(&server, "/raw").await.into_stream();
    // In one read: a message, and a frame with an opcode that does not exist.
    let sent = [frame(1, "first"), frame(5, "broken")].concat();
    stream.write_all(&sent).await.unwrap();
    let mut received = Vec::new();
    stream.read_to_end(&mut received).await.unwrap();
    assert_eq!(received, b"\x81\x05first\x88\x02\x03\xea");
    assert_eq!(notice(&mut notices).await, "over");
}

#[tokio::test]
async fn a_shutdown_lets_handlers_say_goodbye() {
    let (server, mut notices) = start(|_| {}).await;
    let mut client = Client::raw_at(&server, "/raw?goodbye").await;
    client.text("ready").await;
    assert_eq!(client.message().await, Some(Message::text("ready")));
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    assert_eq!(client.message().await, Some(Message::text("goodbye")));
    assert_eq!(close_code(&mut client).await, CloseCode::Away);
    drop(client);
    assert_eq!(notice(&mut notices).await, "over");
    shutdown.await.unwrap();
    assert_eq!(request(&server, "POST", "/raw/negotiate").await.0, 503);
}

#[tokio::test]
async fn a_connection_that_its_handler_lets_go_is_closed_as_it_should_be() {
    let (server, _notices) =
        start(|options| options.abort_grace_period = Duration::from_millis(20)).await;
    let mut client = Client::raw_at(&server, "/raw?let-go").await;
    assert_eq!(close_code(&mut client).await, CloseCode::Normal);
}

#[tokio::test]
async fn a_handler_that_does_not_end_is_dropped() {
    let (server, mut notices) =
        start(|options| options.abort_grace_period = Duration::from_millis(20)).await;
    let client = Client::raw_at(&server, "/raw?stubborn").await;
    client.vanish();
    assert_eq!(notice(&mut notices).await, "over");
    server.hubs.shutdown().await;
}

#[tokio::test]
async fn many_posts_arrive_in_order_while_nobody_polls() {
    let (server, _notices) = start(|_| {}).await;
    let path = negotiated_at(&server, "/raw").await;
    assert_eq!(send(&server, "GET", &path, "").await.status, 200);
    let numbers: Vec<String> = (10_000..40_000).map(|n| n.to_string()).collect();
    let text = numbers.concat();
    let mut posting = open(&server, "POST", &path, &text).await;
    let mut received = String::new();
    while received.len() < text.len() {
        received += &send(&server, "GET", &path, "").await.body;
    }
    assert!(received == text, "an order of its own");
    let mut answer = String::new();
    posting.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[test]
fn what_a_message_says_has_no_place_in_logs() {
    let text = format!("{:?}", RawMessage::from("secret"));
    assert_eq!(text, "RawMessage(text, 6 bytes)");
}
