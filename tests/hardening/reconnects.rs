//! Connections that outlive their sockets (stateful reconnect).

use crate::support::{
    Client, Protocol, Server, WebSocket, figure, message_frame, negotiate, request,
};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// A client that may come back to its connection on another socket.
struct Resumable {
    server: SocketAddr,
    path: String,
    /// `None` while it is away.
    socket: Option<WebSocket>,
    inbox: VecDeque<Value>,
    /// The bytes of all messages so far.
    bytes: usize,
}

impl Resumable {
    async fn connect(server: SocketAddr) -> Self {
        let token = negotiate(server, "&useStatefulReconnect=true").await.token;
        let mut client = Self {
            server,
            path: format!("/hubs/test?id={token}"),
            socket: None,
            inbox: VecDeque::new(),
            bytes: 0,
        };
        client.come_back().await;
        client.send(json!({"protocol": "json", "version": 2})).await;
        assert_eq!(client.next().await, json!({}));
        client
    }

    async fn come_back(&mut self) {
        let socket = WebSocket::open(self.server, &self.path).await;
        self.socket = Some(socket.expect("an upgrade"));
    }

    async fn send(&mut self, message: Value) {
        let message = Protocol::Json.write(&message);
        let socket = self.socket.as_mut().expect("a client that is there");
        socket.write(&message_frame(&message)).await;
    }

    /// The next message that is neither a ping nor an acknowledgement.
    async fn next(&mut self) -> Value {
        loop {
            match self.inbox.pop_front() {
                Some(message) if message["type"] == 6 || message["type"] == 8 => {}
                Some(message) => return message,
                None => {
                    let socket = self.socket.as_mut().expect("a client that is there");
                    let frame = socket.read().await.expect("a frame");
                    self.bytes += frame.payload.len();
                    self.inbox.extend(Protocol::Json.read(&frame.payload));
                }
            }
        }
    }

    /// Joins a group. The answer is the first message that counts.
    async fn join(&mut self, group: &str) {
        self.send(
            json!({"type": 1, "invocationId": "join", "target": "JoinGroup",
                         "arguments": [group]}),
        )
        .await;
        assert_eq!(self.next().await["invocationId"], "join");
    }
}

#[tokio::test]
async fn of_twenty_sockets_one_lives_and_without_any_the_connection_is_reaped() {
    const SOCKETS: usize = 20;
    let server = Server::start(&["--stateful-reconnect", "--disconnect-timeout", "2000"]).await;
    let client = Resumable::connect(server.address).await;
    let sockets = (0..SOCKETS).map(|_| WebSocket::open(server.address, &client.path));
    let sockets = join_all(sockets).await;
    server.has_sockets(1, Duration::from_secs(8)).await;
    let call = Protocol::Json.call("1", "Echo", &json!(["alive"]));
    let mut alive = 0;
    for mut socket in sockets.into_iter().flatten() {
        let sequence = message_frame(b"{\"type\":9,\"sequenceId\":1}\x1e");
        socket
            .write(&[sequence, message_frame(&call)].concat())
            .await;
        while let Some(frame) = socket.read().await {
            if String::from_utf8_lossy(&frame.payload).contains("alive") {
                alive += 1;
                break;
            }
        }
    }
    figure("20 sockets on one token, alive", alive, 1);
    assert_eq!(alive, 1);
    // That one is dropped too by now, and nobody comes back.
    let start = Instant::now();
    while request(server.address, "POST", &client.path).await.status != 404 {
        assert!(start.elapsed() < Duration::from_secs(5), "it is not reaped");
        sleep(Duration::from_millis(50)).await;
    }
    figure(
        "a dropped one is reaped after",
        format!("{:?}", start.elapsed()),
        "2 s + 3 s",
    );
    server.has_recovered().await;
}

#[tokio::test]
async fn what_was_missed_comes_once_and_in_order() {
    const ROUNDS: u64 = 10;
    const MESSAGES: u64 = 20;
    let server = Server::start(&["--stateful-reconnect"]).await;
    let mut other = Client::json(server.address).await;
    let mut client = Resumable::connect(server.address).await;
    client.join("group").await;
    for round in 0..ROUNDS {
        client.socket = None;
        for message in 0..MESSAGES {
            let text = format!("{round} {message}");
            other.invoke("SendToGroup", json!(["group", text])).await;
        }
        client.come_back().await;
        // Nothing of its own went astray, and it has all of what came before.
        let received = 1 + round * MESSAGES;
        client.send(json!({"type": 9, "sequenceId": 2})).await;
        client
            .send(json!({"type": 8, "sequenceId": received}))
            .await;
        // Behind it may come again what was only acknowledged just now.
        let mut number = client.next().await["sequenceId"]
            .as_u64()
            .expect("Sequence");
        for message in 0..MESSAGES {
            while number <= received {
                client.next().await;
                number += 1;
            }
            let expected = json!([format!("{round} {message}")]);
            assert_eq!(client.next().await["arguments"], expected);
        }
    }
    figure(
        "messages missed, and replayed once",
        ROUNDS * MESSAGES,
        ROUNDS * MESSAGES,
    );
    drop((client, other));
    server.has_recovered().await;
}

#[tokio::test]
async fn of_what_is_not_acknowledged_100_000_bytes_are_kept() {
    const BUFFER: usize = 100_000;
    let server = Server::start(&["--stateful-reconnect"]).await;
    let mut client = Resumable::connect(server.address).await;
    client
        .send(json!({"type": 4, "invocationId": "1", "target": "Counter",
                     "arguments": [u32::MAX, 0]}))
        .await;
    let mut items: u64 = 0;
    for _ in 0..3 {
        client.bytes = 0;
        while timeout(Duration::from_millis(500), client.next())
            .await
            .is_ok()
        {
            items += 1;
        }
        figure(
            "bytes sent without an acknowledgement",
            client.bytes,
            BUFFER,
        );
        // Frames have heads too.
        assert!((BUFFER / 2..=BUFFER).contains(&client.bytes));
        client.send(json!({"type": 8, "sequenceId": items})).await;
    }
    drop(client);
    server.has_recovered().await;
}

#[tokio::test]
async fn a_group_does_not_wait_for_its_dead_members() {
    const DEAD: usize = 10;
    const LIMIT: Duration = Duration::from_secs(2);
    let server = Server::start(&["--stateful-reconnect"]).await;
    let mut good = Client::json(server.address).await;
    good.invoke("JoinGroup", json!(["group"])).await;
    let mut dead = Vec::new();
    for number in 0..DEAD {
        let mut member = Resumable::connect(server.address).await;
        member.join("group").await;
        // One half is away, the other half only does not read.
        if number % 2 == 0 {
            member.socket = None;
        }
        dead.push(member);
    }
    let (text, mut slowest) = ("x".repeat(10_000), Duration::ZERO);
    for number in 0..200 {
        let (start, text) = (Instant::now(), format!("{number} {text}"));
        good.call("1", "SendToGroup", json!(["group", text])).await;
        assert_eq!(
            good.next().await.expect("the message")["arguments"],
            json!([text])
        );
        assert_eq!(good.next().await.expect("the answer")["type"], 3);
        slowest = slowest.max(start.elapsed());
    }
    figure(
        "group with 10 dead members, slowest send",
        format!("{slowest:?}"),
        "2 s",
    );
    assert!(slowest <= LIMIT);
    drop((good, dead));
    server.has_recovered().await;
}
