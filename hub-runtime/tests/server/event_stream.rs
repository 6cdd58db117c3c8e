use crate::client::{Client, negotiated, open, request, send};
use crate::hub::{Noticed, Server};
use hub_runtime::{DisconnectReason, HubOptions};
use serde_json::json;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What has come so far of a response that does not end.
pub(crate) struct Events {
    stream: TcpStream,
    text: String,
}

impl Events {
    /// Opens the stream of a negotiated connection.
    pub(crate) async fn open(server: &Server, path: &str) -> Self {
        let stream = open(server, "GET", &format!("{path}&accept-events"), "").await;
        let mut events = Self {
            stream,
            text: String::new(),
        };
        events.until(":\r\n").await;
        events
    }

    /// Reads until `what` has come.
    pub(crate) async fn until(&mut self, what: &str) {
        let mut buffer = [0; 1024];
        while !self.text.contains(what) {
            let read = tokio::time::timeout(Duration::from_secs(10), self.stream.read(&mut buffer));
            let count = read
                .await
                .expect("something within 10 s")
                .expect("a stream");
            assert!(count > 0, "the stream ended: {}", self.text);
            self.text += str::from_utf8(&buffer[..count]).expect("text");
        }
    }
}

/// An event stream behind its handshake.
pub(crate) async fn connected(server: &mut Server) -> (String, Events) {
    let path = negotiated(server).await;
    let mut events = Events::open(server, &path).await;
    let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
    assert_eq!(send(server, "POST", &path, handshake).await.status, 200);
    events.until("data: {}\u{1e}\r\n\r\n").await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    (path, events)
}

#[tokio::test]
async fn messages_come_as_events() {
    let mut server = Server::start().await;
    let (path, mut events) = connected(&mut server).await;
    let head = events.text.to_ascii_lowercase();
    for header in [
        "content-type: text/event-stream",
        "cache-control: no-cache,no-store",
        "pragma: no-cache",
        "content-encoding: identity",
    ] {
        assert!(head.contains(header), "{header} in {head}");
    }
    let call =
        "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[\"x\"]}\u{1e}";
    send(&server, "POST", &path, call).await;
    events
        .until("data: {\"type\":3,\"invocationId\":\"1\",\"result\":\"x\"}\u{1e}\r\n\r\n")
        .await;
}

#[tokio::test]
async fn a_client_that_goes_is_gone_at_once() {
    let mut server = Server::start().await;
    let (_, events) = connected(&mut server).await;
    drop(events);
    let reason = DisconnectReason::ConnectionLost;
    assert_eq!(server.noticed().await, Noticed::Disconnected(reason));
}

#[tokio::test]
async fn binary_messages_are_refused() {
    let server = Server::start().await;
    let path = negotiated(&server).await;
    let stream = open(&server, "GET", &format!("{path}&accept-events"), "").await;
    let mut events = Events {
        stream,
        text: String::new(),
    };
    send(
        &server,
        "POST",
        &path,
        "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}",
    )
    .await;
    let error = "Cannot use the 'messagepack' protocol on the current transport. \
                 The transport does not support 'Binary' transfer format.";
    events.until(error).await;
}

#[tokio::test]
async fn one_stream_at_a_time_and_no_delete() {
    let mut server = Server::start().await;
    let (path, _events) = connected(&mut server).await;
    assert_eq!(
        request(&server, "GET", &format!("{path}&accept-events"))
            .await
            .0,
        409
    );
    assert_eq!(request(&server, "GET", &path).await.0, 400);
    let text = "Cannot terminate this connection using the DELETE endpoint.";
    assert_eq!(
        request(&server, "DELETE", &path).await,
        (400, text.to_owned())
    );
}

#[tokio::test]
async fn a_stream_that_is_not_read_is_cut() {
    let hasty =
        |options: &mut HubOptions| options.transport_send_timeout = Duration::from_millis(200);
    let mut server = Server::with(hasty).await;
    let (_, mut events) = connected(&mut server).await;
    let mut good = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let text = "x".repeat(30_000);
    while !server.has_given_up_a_slow_client() {
        good.invoke("Broadcast", json!([text])).await;
    }
    // Reading would make room, and the response could end by itself.
    let cut = async { while events.stream.write_all(&[0; 1024]).await.is_ok() {} };
    let cut = tokio::time::timeout(Duration::from_secs(10), cut).await;
    cut.expect("the connection is cut");
}

#[tokio::test]
async fn the_stream_ends_with_the_connection() {
    let mut server = Server::start().await;
    let (path, mut events) = connected(&mut server).await;
    send(&server, "POST", &path, "{\"type\":7}\u{1e}").await;
    events.until("data: {\"type\":7}\u{1e}\r\n\r\n").await;
    let mut rest = Vec::new();
    events.stream.read_to_end(&mut rest).await.unwrap();
    assert_eq!(request(&server, "POST", &path).await.0, 404);
}
