//! A hub connection over any transport.

use super::websocket::{CLOSE, WebSocket, message_frame};
use super::{EventStream, Protocol, negotiate_at, request, request_with};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;

/// How a connection's bytes travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Transport {
    WebSockets,
    ServerSentEvents,
    LongPolling,
}

/// What a connection is made of.
pub(crate) type Over = (Transport, Protocol);

/// Every pair that there is: Server-Sent Events carry text only.
pub(crate) const OVER_EVERYTHING: [Over; 5] = [
    (Transport::WebSockets, Protocol::Json),
    (Transport::WebSockets, Protocol::MessagePack),
    (Transport::ServerSentEvents, Protocol::Json),
    (Transport::LongPolling, Protocol::Json),
    (Transport::LongPolling, Protocol::MessagePack),
];

/// A client of the hub of this project's own suites.
pub(crate) struct Client {
    server: SocketAddr,
    path: String,
    protocol: Protocol,
    link: Link,
    inbox: VecDeque<Value>,
}

enum Link {
    WebSocket(WebSocket),
    Events(EventStream),
    Polls,
}

impl Client {
    /// Connects and shakes hands.
    pub(crate) async fn connect(server: SocketAddr, over: Over) -> Self {
        Self::connect_at(server, over, "/hubs/test", "").await
    }

    /// Connects over a WebSocket, in JSON.
    pub(crate) async fn json(server: SocketAddr) -> Self {
        Self::connect(server, (Transport::WebSockets, Protocol::Json)).await
    }

    /// Connects over a WebSocket, in MessagePack.
    pub(crate) async fn message_pack(server: SocketAddr) -> Self {
        Self::connect(server, (Transport::WebSockets, Protocol::MessagePack)).await
    }

    /// Negotiates and starts the transport, but says nothing.
    pub(crate) async fn silent(server: SocketAddr, over: Over) -> Self {
        Self::silent_at(server, over, "/hubs/test", "").await
    }

    /// Connects to any hub and shakes hands, with further keys in the query.
    pub(crate) async fn connect_at(server: SocketAddr, over: Over, hub: &str, keys: &str) -> Self {
        let mut client = Self::silent_at(server, over, hub, keys).await;
        client.send_bytes(over.1.handshake().as_bytes()).await;
        client.is_accepted().await;
        client
    }

    async fn silent_at(
        server: SocketAddr,
        (transport, protocol): Over,
        hub: &str,
        keys: &str,
    ) -> Self {
        let token = negotiate_at(server, hub, keys).await.token;
        let path = format!("{hub}?id={token}{keys}");
        let link = match transport {
            Transport::WebSockets => {
                let socket = WebSocket::open(server, &path).await;
                Link::WebSocket(socket.expect("an upgrade"))
            }
            Transport::ServerSentEvents => Link::Events(EventStream::open(server, &path).await),
            Transport::LongPolling => {
                let first = request(server, "GET", &path).await;
                assert_eq!(first.status, 200, "{first:?}");
                Link::Polls
            }
        };
        Self {
            server,
            path,
            protocol,
            link,
            inbox: VecDeque::new(),
        }
    }

    /// The server has accepted the handshake.
    pub(crate) async fn is_accepted(&mut self) {
        let bytes = self.receive().await.expect("an answer to the handshake");
        let messages = bytes.strip_prefix(b"{}\x1e");
        let messages = messages.unwrap_or_else(|| panic!("{}", bytes.escape_ascii()));
        self.inbox.extend(self.protocol.read(messages));
    }

    /// Sends bytes in one message of the transport. A server that has ended the connection will
    /// have said why.
    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        match &mut self.link {
            Link::WebSocket(socket) => socket.write(&message_frame(bytes)).await,
            Link::Events(_) | Link::Polls => {
                request_with(self.server, "POST", &self.path, bytes).await;
            }
        }
    }

    /// Writes bytes to the socket of a client that has one, as they are.
    pub(crate) async fn write(&mut self, bytes: &[u8]) {
        match &mut self.link {
            Link::WebSocket(socket) => socket.write(bytes).await,
            _ => panic!("there is no WebSocket"),
        }
    }

    /// What names the connection in a request.
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Sends one hub message.
    pub(crate) async fn send(&mut self, message: Value) {
        self.send_bytes(&self.protocol.write(&message)).await;
    }

    /// Calls a method without waiting for its answer.
    pub(crate) async fn call(&mut self, id: &str, target: &str, arguments: Value) {
        self.send_bytes(&self.protocol.call(id, target, &arguments))
            .await;
    }

    /// Begins a stream.
    pub(crate) async fn stream(&mut self, id: &str, target: &str, arguments: Value) {
        self.send(json!({"type": 4, "invocationId": id, "target": target, "arguments": arguments}))
            .await;
    }

    /// Calls a method, and gives its completion. What comes before it is dropped.
    pub(crate) async fn invoke(&mut self, target: &str, arguments: Value) -> Value {
        self.call("invoked", target, arguments).await;
        self.completion("invoked").await
    }

    /// The completion of a call. What comes before it is dropped.
    pub(crate) async fn completion(&mut self, id: &str) -> Value {
        loop {
            let message = self.next().await.expect("a completion");
            if message["type"] == 3 && message["invocationId"] == id {
                return message;
            }
        }
    }

    /// The connection is alive.
    pub(crate) async fn answers(&mut self) {
        let answer = self.invoke("Echo", json!(["alive"])).await;
        assert_eq!(answer["result"], "alive", "{answer}");
    }

    /// The next hub message that is no ping; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            match self.inbox.pop_front() {
                Some(message) if message["type"] == 6 => {}
                Some(message) => return Some(message),
                None => {
                    let bytes = self.receive().await?;
                    self.inbox.extend(self.protocol.read(&bytes));
                }
            }
        }
    }

    /// Reads to the end, and gives the last hub message.
    pub(crate) async fn last(&mut self) -> Option<Value> {
        let mut last = None;
        while let Some(message) = self.next().await {
            last = Some(message);
        }
        last
    }

    /// The connection ends with an error, and the client may come back.
    pub(crate) async fn is_closed_with_an_error(&mut self) {
        let last = self.last().await.expect("a goodbye");
        let error = last["error"].as_str().unwrap_or_default();
        let begins = error.starts_with("Connection closed with an error.");
        assert!(begins && last["allowReconnect"] == true, "{last}");
    }

    /// Says goodbye, and reads to the end.
    pub(crate) async fn stop(mut self) {
        self.send(json!({"type": 7})).await;
        self.last().await;
    }

    /// What the transport brings next: whole messages; `None` at the end.
    pub(crate) async fn receive(&mut self) -> Option<Vec<u8>> {
        match &mut self.link {
            Link::WebSocket(socket) => {
                let frame = socket.read().await?;
                (frame.opcode != CLOSE).then_some(frame.payload)
            }
            Link::Events(events) => events.next().await,
            Link::Polls => loop {
                let answer = request(self.server, "GET", &self.path).await;
                if answer.status != 200 {
                    return None;
                }
                if !answer.body.is_empty() {
                    return Some(answer.body);
                }
            },
        }
    }

    /// The socket of a client that uses one.
    pub(crate) fn into_socket(self) -> WebSocket {
        match self.link {
            Link::WebSocket(socket) => socket,
            _ => panic!("there is no WebSocket"),
        }
    }
}
