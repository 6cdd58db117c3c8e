//! Connections that lose their WebSocket and go on with another one.

use crate::client::{Client, message, records, request};
use crate::hub::{Noticed, Server};
use hub_runtime::{DisconnectReason, HubOptions};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::Message;

async fn server() -> Server {
    Server::with(|options| options.allow_stateful_reconnects = true).await
}

async fn hasty_server(timeout: Duration) -> Server {
    let adjust = |options: &mut HubOptions| {
        options.allow_stateful_reconnects = true;
        options.disconnect_timeout = timeout;
    };
    Server::with(adjust).await
}

/// Negotiates with stateful reconnect, and gives the query of the WebSocket's address.
async fn negotiated(server: &Server) -> String {
    let path = "/hubs/test/negotiate?negotiateVersion=1&useStatefulReconnect=true";
    let (_, body) = request(server, "POST", path).await;
    let body: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(body["useStatefulReconnect"], true);
    format!("?id={}", body["connectionToken"].as_str().expect("a token"))
}

/// The status of an upgrade.
async fn status(server: &Server, query: &str) -> u16 {
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("the server listens");
    let head = format!(
        "GET /hubs/test{query} HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("a request");
    let mut line = [0; 12];
    stream.read_exact(&mut line).await.expect("a status line");
    let status = str::from_utf8(&line[9..]).ok();
    status.and_then(|it| it.parse().ok()).expect("a status")
}

/// A client that counts as the official ones do.
struct Resumable {
    query: String,
    client: Client,
    /// Everything that it has sent and that is counted.
    sent: Vec<Value>,
    acknowledged: usize,
    next: u64,
    latest: u64,
}

impl Resumable {
    async fn connect(server: &Server) -> Self {
        Self::connect_with(server, "", 2).await
    }

    async fn connect_with(server: &Server, extra: &str, version: u32) -> Self {
        let query = negotiated(server).await + extra;
        let mut client = Client::raw(server, &query).await;
        client
            .send(json!({"protocol": "json", "version": version}))
            .await;
        let answer = client.message().await.expect("an answer");
        assert_eq!(answer, Message::text("{}\u{1e}"), "nothing comes with it");
        Self {
            query,
            client,
            sent: Vec::new(),
            acknowledged: 0,
            next: 1,
            latest: 0,
        }
    }

    async fn send(&mut self, message: Value) {
        self.client.send(message.clone()).await;
        self.sent.push(message);
    }

    async fn call(&mut self, id: &str, target: &str, arguments: Value) {
        self.send(json!({"type": 1, "invocationId": id, "target": target, "arguments": arguments}))
            .await;
    }

    async fn invoke(&mut self, target: &str, arguments: Value) -> Value {
        self.call("i", target, arguments).await;
        self.next().await
    }

    /// Notes a message; gives it if it is counted and new.
    fn take(&mut self, message: Value) -> Option<Value> {
        let number = message["sequenceId"].as_u64();
        match message["type"].as_u64() {
            Some(8) => self.acknowledged = number.expect("a number") as usize,
            Some(9) => self.next = number.expect("a number"),
            Some(7) => return Some(message),
            _ => {
                self.next += 1;
                if self.next > self.latest + 1 {
                    self.latest = self.next - 1;
                    return Some(message);
                }
            }
        }
        None
    }

    /// The next message that has not been there before.
    async fn next(&mut self) -> Value {
        loop {
            let message = self.client.next().await.expect("a message");
            if let Some(message) = self.take(message) {
                return message;
            }
        }
    }

    async fn acknowledge(&mut self) {
        let ack = json!({"type": 8, "sequenceId": self.latest});
        self.client.send(ack).await;
    }

    /// Loses the socket without a word.
    async fn vanish(self, server: &Server) -> Self {
        // The place of a socket has to be taken: by one that is not used.
        let other = Client::raw(server, "").await;
        let Self { client, .. } = self;
        client.vanish();
        Self {
            client: other,
            ..self
        }
    }

    /// Comes back, and gives the number that the server goes on with.
    async fn resume(&mut self, server: &Server) -> u64 {
        self.client = Client::raw(server, &self.query).await;
        let sequence = json!({"type": 9, "sequenceId": self.acknowledged + 1});
        self.client.send(sequence).await;
        for message in &self.sent[self.acknowledged..] {
            self.client.send(message.clone()).await;
        }
        let first = self.client.next().await.expect("a message");
        assert_eq!(first["type"], 9, "Sequence comes first");
        self.take(first);
        self.next
    }
}

#[tokio::test]
async fn it_is_granted_to_clients_that_ask_where_it_is_allowed() {
    #[track_caller]
    fn check(body: &str, expected: bool) {
        assert_eq!(body.contains("useStatefulReconnect"), expected, "{body}");
    }
    let (allowed, not_allowed) = (server().await, Server::start().await);
    let post = async |server: &Server, query: &str| {
        let path = format!("/hubs/test/negotiate?negotiateVersion=1{query}");
        request(server, "POST", &path).await.1
    };
    check(&post(&allowed, "&useStatefulReconnect=true").await, true);
    check(&post(&allowed, "&useStatefulReconnect=True").await, true);
    check(&post(&allowed, "&useStatefulReconnect=false").await, false);
    check(&post(&allowed, "").await, false);
    check(
        &post(&not_allowed, "&useStatefulReconnect=true").await,
        false,
    );
}

#[tokio::test]
async fn a_lost_client_comes_back_to_its_connection_and_misses_nothing() {
    let mut server = server().await;
    let mut other = Client::json(&server).await;
    let mut client = Resumable::connect(&server).await;
    assert_eq!(client.invoke("Echo", json!(["a"])).await["result"], "a");
    client.acknowledge().await;
    client.client.read_by_server().await;
    client = client.vanish(&server).await;
    for text in ["b", "c"] {
        other.invoke("Broadcast", json!([text])).await;
    }
    assert_eq!(client.resume(&server).await, 2);
    other.invoke("Broadcast", json!(["d"])).await;
    for text in ["b", "c", "d"] {
        assert_eq!(client.next().await["arguments"], json!([text]));
    }
    // The second time nothing has been acknowledged since.
    assert_eq!(client.resume(&server).await, 2);
    assert_eq!(client.invoke("Echo", json!(["e"])).await["result"], "e");
    assert_eq!(server.noticed().await, Noticed::Connected);
    assert_eq!(server.noticed().await, Noticed::Connected);
    server.expect_silence();
}

#[tokio::test]
async fn a_client_may_come_back_before_its_old_socket_is_known_to_be_dead() {
    let server = server().await;
    let mut client = Resumable::connect(&server).await;
    let other = Client::raw(&server, "").await;
    let mut old = std::mem::replace(&mut client.client, other);
    assert_eq!(client.resume(&server).await, 1);
    assert_eq!(old.next().await, None);
    assert_eq!(client.invoke("Echo", json!(["a"])).await["result"], "a");
}

#[tokio::test]
async fn of_many_sockets_for_one_connection_one_lives() {
    let server = server().await;
    let mut client = Resumable::connect(&server).await;
    client.client.send(json!({"type": 6})).await;
    let sockets = (0..20).map(|_| Client::raw(&server, &client.query));
    let sockets = futures_util::future::join_all(sockets).await;
    let mut living = 0;
    for mut socket in sockets {
        socket.send(json!({"type": 9, "sequenceId": 1})).await;
        socket.call("i", "Echo", json!(["a"])).await;
        let mut answered = false;
        while !answered && let Some(message) = socket.next().await {
            answered = message["type"] == 3;
        }
        living += u32::from(answered);
    }
    assert_eq!(living, 1);
}

#[tokio::test]
async fn sockets_that_come_and_go_at_once_do_no_harm() {
    let server = server().await;
    let mut client = Resumable::connect(&server).await;
    client.call("w", "Wait", json!(["answer"])).await;
    client.client.read_by_server().await;
    for _ in 0..50 {
        Client::raw(&server, &client.query).await.vanish();
    }
    server.go.notify_one();
    client.resume(&server).await;
    assert_eq!(client.next().await["result"], "answer");
}

#[tokio::test]
async fn calls_go_on_while_nobody_is_there() {
    let server = server().await;
    let mut client = Resumable::connect(&server).await;
    client.call("w", "Wait", json!(["answer"])).await;
    client.client.read_by_server().await;
    client = client.vanish(&server).await;
    server.go.notify_one();
    client.resume(&server).await;
    let answer = client.next().await;
    assert_eq!(
        (&answer["invocationId"], &answer["result"]),
        (&json!("w"), &json!("answer"))
    );
}

#[tokio::test]
async fn what_a_client_sends_again_is_handled_once() {
    let server = server().await;
    let mut client = Resumable::connect(&server).await;
    client.invoke("Broadcast", json!(["a"])).await;
    // Nothing was acknowledged yet, so the call goes out again.
    client.acknowledged = 0;
    client.resume(&server).await;
    client.call("b", "Echo", json!(["b"])).await;
    // The broadcast's own two messages come again, and no third.
    assert_eq!(client.next().await["type"], 3);
    assert_eq!(client.next().await["invocationId"], "b");
}

#[tokio::test]
async fn a_frame_that_is_cut_is_not_glued_to_the_next_socket() {
    let server = server().await;
    let mut client = Resumable::connect(&server).await;
    let call = json!({"type": 1, "invocationId": "i", "target": "Echo", "arguments": ["whole"]});
    let frame = message(&call);
    for cut in [1, 5, 6, 20, frame.len() - 1] {
        let other = Client::raw(&server, "").await;
        let mut stream = std::mem::replace(&mut client.client, other).into_stream();
        stream.write_all(&frame[..cut]).await.expect("half a frame");
        drop(stream);
        client.sent.push(call.clone());
        client.resume(&server).await;
        assert_eq!(client.next().await["result"], "whole", "cut at {cut}");
    }
}

#[tokio::test]
async fn nothing_is_lost_or_doubled_over_a_hundred_sockets() {
    let server = server().await;
    let mut client = Resumable::connect(&server).await;
    let (mut sent, mut answered) = (0_u32, 0_u32);
    for round in 0..100_u32 {
        for _ in 0..round % 7 {
            sent += 1;
            client
                .call(&sent.to_string(), "Echo", json!([sent.to_string()]))
                .await;
        }
        for _ in 0..round % 5 {
            if answered < sent {
                answered += 1;
                assert_eq!(client.next().await["result"], answered.to_string());
            }
        }
        if round % 3 == 0 {
            client.acknowledge().await;
        }
        if round % 2 == 0 {
            client = client.vanish(&server).await;
        }
        client.resume(&server).await;
    }
    while answered < sent {
        answered += 1;
        assert_eq!(client.next().await["result"], answered.to_string());
    }
    assert_eq!(
        client.invoke("Echo", json!(["last"])).await["result"],
        "last"
    );
}

#[tokio::test]
async fn what_comes_is_acknowledged_once_a_second() {
    let server = server().await;
    let mut client = Resumable::connect(&server).await;
    for _ in 0..3 {
        client.invoke("Echo", json!(["a"])).await;
    }
    while client.acknowledged == 0 {
        let message = client.client.next().await.expect("an Ack");
        client.take(message);
    }
    assert_eq!(client.acknowledged, 3);
}

#[tokio::test]
async fn a_client_that_stays_away_is_reaped() {
    let mut server = hasty_server(Duration::from_millis(500)).await;
    let client = Resumable::connect(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let query = client.query.clone();
    client.client.vanish();
    let reason = DisconnectReason::ConnectionLost;
    assert_eq!(server.noticed().await, Noticed::Disconnected(reason));
    assert_eq!(status(&server, &query).await, 404);
}

#[tokio::test]
async fn a_goodbye_ends_it_for_good() {
    let mut server = server().await;
    let mut client = Resumable::connect(&server).await;
    client.client.send(json!({"type": 7})).await;
    assert_eq!(client.next().await["type"], 7);
    // The connection is forgotten before its client is told.
    assert_eq!(status(&server, &client.query).await, 404);
    let reason = DisconnectReason::ClientClosed(None);
    server.expect_disconnect(reason).await;
    // The other way to say it: the WebSocket's Close frame.
    let mut client = Resumable::connect(&server).await;
    client.client.send(json!({"type": 6})).await;
    client.client.close().await;
    server
        .expect_disconnect(DisconnectReason::ConnectionLost)
        .await;
    assert_eq!(status(&server, &client.query).await, 404);
}

#[tokio::test]
async fn a_connection_may_switch_it_off() {
    let mut server = server().await;
    let mut client = Resumable::connect(&server).await;
    client.invoke("EndWithTheSocket", json!([])).await;
    assert_eq!(status(&server, &client.query).await, 204);
    assert_eq!(client.invoke("Echo", json!(["a"])).await["result"], "a");
    let query = client.query.clone();
    client.client.vanish();
    server
        .expect_disconnect(DisconnectReason::ConnectionLost)
        .await;
    assert_eq!(status(&server, &query).await, 404);
}

#[tokio::test]
async fn a_handshake_of_version_1_switches_it_off() {
    let mut server = server().await;
    let client = Resumable::connect_with(&server, "", 1).await;
    assert_eq!(status(&server, &client.query).await, 204);
    client.client.vanish();
    server
        .expect_disconnect(DisconnectReason::ConnectionLost)
        .await;
}

#[tokio::test]
async fn before_the_handshake_there_is_nothing_to_resume() {
    let server = server().await;
    let query = negotiated(&server).await;
    let _client = Client::raw(&server, &query).await;
    assert_eq!(status(&server, &query).await, 409);
}

#[tokio::test]
async fn a_client_that_has_forgotten_messages_is_turned_away() {
    let mut server = Server::with(|options| {
        options.allow_stateful_reconnects = true;
        options.enable_detailed_errors = true;
    })
    .await;
    let mut client = Resumable::connect(&server).await;
    client
        .client
        .send(json!({"type": 9, "sequenceId": 2}))
        .await;
    let error = "Connection closed with an error. InvalidOperationException: \
                 Sequence ID greater than amount of messages we've received.";
    assert_eq!(client.next().await["error"], error);
    let error = error.strip_prefix("Connection closed with an error. ");
    let reason = DisconnectReason::ProtocolError(error.expect("the detail").to_owned());
    server.expect_disconnect(reason).await;
}

#[tokio::test]
async fn messages_wait_for_the_clients_first_one() {
    let server = server().await;
    let mut client = Resumable::connect_with(&server, "&welcome", 2).await;
    client.client.send(json!({"type": 6})).await;
    assert_eq!(client.next().await["arguments"], json!(["welcome"]));
    // Or for a moment, if it says nothing.
    let mut client = Resumable::connect_with(&server, "&welcome", 2).await;
    assert_eq!(client.next().await["arguments"], json!(["welcome"]));
}

#[tokio::test]
async fn a_stream_waits_for_acknowledgements() {
    let server = Server::with(|options| {
        options.allow_stateful_reconnects = true;
        options.stateful_reconnect_buffer_size = 500;
    })
    .await;
    let mut client = Resumable::connect(&server).await;
    let stream = json!({"type": 4, "invocationId": "s", "target": "Count", "arguments": [100]});
    client.send(stream).await;
    // The pong comes behind everything that was sent without waiting.
    client.client.ping().await;
    let mut before = 0;
    while let Some(Message::Text(text)) = client.client.message().await {
        for message in records(&text).filter_map(|message| client.take(message)) {
            assert_eq!(message["item"], before);
            before += 1;
        }
    }
    assert!(
        (5..20).contains(&before),
        "{before} items of 38 bytes in 500"
    );
    for item in before..100 {
        client.acknowledge().await;
        assert_eq!(client.next().await["item"], item);
    }
    client.acknowledge().await;
    assert_eq!(client.next().await["type"], 3);
}

/// A flood of calls keeps the server from its acknowledgements only as long as it can be held.
#[tokio::test]
async fn a_client_that_never_acknowledges_is_served_and_loses_the_way_back() {
    let server = Server::with(|options| {
        options.allow_stateful_reconnects = true;
        options.stateful_reconnect_buffer_size = 1000;
        options.maximum_pending_bytes = 100_000;
    })
    .await;
    let mut client = Resumable::connect(&server).await;
    let text = "x".repeat(1000);
    for _ in 0..300 {
        client.call("i", "Echo", json!([text])).await;
    }
    // Some wait for acknowledgements, and as many are served as it takes to go on reading.
    for _ in 0..100 {
        assert_eq!(client.next().await["result"], text);
    }
    assert_eq!(status(&server, &client.query).await, 204);
    for _ in 0..200 {
        assert_eq!(client.next().await["result"], text);
    }
}

#[tokio::test]
async fn a_call_of_many_does_not_wait_for_those_who_are_away() {
    let mut server = hasty_server(Duration::from_secs(2)).await;
    for _ in 0..10 {
        let client = Resumable::connect(&server).await;
        assert_eq!(server.noticed().await, Noticed::Connected);
        client.client.vanish();
    }
    let mut good = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let start = Instant::now();
    // Less than what may be kept for each of them.
    let text = "x".repeat(20_000);
    for _ in 0..20 {
        good.invoke("Broadcast", json!([text])).await;
    }
    assert!(start.elapsed() < Duration::from_secs(2));
    for _ in 0..10 {
        let reason = DisconnectReason::ConnectionLost;
        assert_eq!(server.noticed().await, Noticed::Disconnected(reason));
    }
}

#[tokio::test]
async fn what_is_kept_for_a_client_that_is_away_is_bounded() {
    let mut server = server().await;
    let client = Resumable::connect(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    client.client.vanish();
    let mut good = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let text = "x".repeat(30_000);
    // Half a megabyte is kept, and no more.
    for _ in 0..40 {
        good.invoke("Broadcast", json!([text])).await;
    }
    let reason = DisconnectReason::SlowConsumer;
    assert_eq!(server.noticed().await, Noticed::Disconnected(reason));
}
