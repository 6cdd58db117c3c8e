//! A client that says exactly what a test wants it to say.

use crate::hub::Server;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::{Message, Role};

const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Client<S = TcpStream> {
    socket: WebSocketStream<S>,
    records: VecDeque<Value>,
}

impl Client {
    /// Connects without negotiating, and without a handshake.
    pub(crate) async fn raw(server: &Server, query: &str) -> Self {
        Self::raw_at(server, &format!("/hubs/test{query}")).await
    }

    /// The same at any path.
    pub(crate) async fn raw_at(server: &Server, path: &str) -> Self {
        let stream = TcpStream::connect(server.address)
            .await
            .expect("the server listens");
        Self::over(stream, format!("ws://{}{path}", server.address)).await
    }

    /// Connects with a JSON handshake.
    pub(crate) async fn json(server: &Server) -> Self {
        Self::json_at(server, "/hubs/test").await
    }

    /// Connects to any hub, with a JSON handshake.
    pub(crate) async fn json_at(server: &Server, path: &str) -> Self {
        let mut client = Self::raw_at(server, path).await;
        client.shake_hands().await;
        client
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// Asks for an upgrade.
    pub(crate) async fn over(stream: S, url: String) -> Self {
        let (socket, _) = tokio_tungstenite::client_async(url, stream)
            .await
            .expect("an upgrade");
        Self::of(socket)
    }

    /// A client at an open socket.
    pub(crate) fn of(socket: WebSocketStream<S>) -> Self {
        Self {
            socket,
            records: VecDeque::new(),
        }
    }

    /// Takes a stream over that has been upgraded already.
    pub(crate) async fn upgraded(stream: S) -> Self {
        Self::of(WebSocketStream::from_raw_socket(stream, Role::Client, None).await)
    }

    pub(crate) async fn shake_hands(&mut self) {
        self.send(json!({"protocol": "json", "version": 1})).await;
        assert_eq!(self.next().await, Some(json!({})));
    }

    /// Sends one hub message.
    pub(crate) async fn send(&mut self, message: Value) {
        self.text(&format!("{message}\u{1e}")).await;
    }

    pub(crate) async fn text(&mut self, text: &str) {
        // A server that has closed already will say why.
        let _ = self.socket.send(Message::text(text)).await;
    }

    pub(crate) async fn binary(&mut self, bytes: &[u8]) {
        let _ = self.socket.send(Message::binary(bytes.to_vec())).await;
    }

    /// Sends a WebSocket's ping.
    pub(crate) async fn ping(&mut self) {
        let ping = Message::Ping(bytes::Bytes::new());
        self.socket.send(ping).await.expect("an open socket");
    }

    /// Sends a WebSocket's Close frame, and waits for the answer.
    pub(crate) async fn close(&mut self) {
        self.socket.close(None).await.expect("an open socket");
        while self.message().await.is_some() {}
    }

    /// Waits until the server has read everything that was sent. Nothing else may be under way.
    pub(crate) async fn read_by_server(&mut self) {
        self.ping().await;
        assert!(matches!(self.message().await, Some(Message::Pong(_))));
    }

    /// Calls a method without waiting for its answer.
    pub(crate) async fn call(&mut self, id: &str, target: &str, arguments: Value) {
        self.send(json!({"type": 1, "invocationId": id, "target": target, "arguments": arguments}))
            .await;
    }

    /// Calls a method, and gives its completion.
    pub(crate) async fn invoke(&mut self, target: &str, arguments: Value) -> Value {
        self.call("i", target, arguments).await;
        loop {
            let message = self.next().await.expect("an answer");
            if message["type"] == 3 {
                return message;
            }
        }
    }

    /// The next hub message that is no ping; `None` at the end.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some(record) = self.records.pop_front() {
                if record["type"] != 6 {
                    return Some(record);
                }
                continue;
            }
            match self.message().await? {
                Message::Text(text) => self.records.extend(records(&text)),
                Message::Close(_) => return None,
                _ => {}
            }
        }
    }

    /// The next WebSocket message; `None` when the socket has ended.
    pub(crate) async fn message(&mut self) -> Option<Message> {
        let message = tokio::time::timeout(PATIENCE, self.socket.next()).await;
        message.expect("something within 10 s")?.ok()
    }

    /// Reads to the end, and gives the last hub message.
    pub(crate) async fn last(&mut self) -> Option<Value> {
        let mut last = None;
        while let Some(message) = self.next().await {
            last = Some(message);
        }
        last
    }

    /// Ends the socket without a word.
    pub(crate) fn vanish(self) {
        drop(self.socket);
    }

    /// The bare socket, for a client that does not even read.
    pub(crate) fn into_stream(self) -> S {
        self.socket.into_inner()
    }
}

/// The hub messages in a WebSocket message.
pub(crate) fn records(text: &str) -> impl Iterator<Item = Value> {
    let records = text.split_terminator('\u{1e}');
    records.map(|record| serde_json::from_str(record).expect("JSON"))
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn has(&self, header: &str) -> bool {
        self.head.lines().any(|line| line == header)
    }
}

/// A whole frame of a client's, masked with zeros: for what a well-behaved client does not send.
pub(crate) fn frame(opcode: u8, payload: &str) -> Vec<u8> {
    let length = u16::try_from(payload.len()).expect("a short payload");
    let head: &[u8] = match length {
        0..=125 => &[0x80 | opcode, 0x80 | payload.len() as u8],
        _ => &[0x80 | opcode, 0xfe, (length >> 8) as u8, length as u8],
    };
    [head, &[0; 4], payload.as_bytes()].concat()
}

/// The frame of one hub message.
pub(crate) fn message(message: &Value) -> Vec<u8> {
    frame(1, &format!("{message}\u{1e}"))
}

/// Sends a request, and gives status and body.
pub(crate) async fn request(server: &Server, method: &str, path: &str) -> (u16, String) {
    let answer = send(server, method, path, "").await;
    (answer.status, answer.body)
}

/// Sends a request with a body.
pub(crate) async fn send(server: &Server, method: &str, path: &str, body: &str) -> Answer {
    answer(open(server, method, path, body).await).await
}

/// Reads an answer to its end.
pub(crate) async fn answer(mut stream: TcpStream) -> Answer {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Answer {
        status: status.expect("a status"),
        head: head.to_ascii_lowercase(),
        body: body.to_owned(),
    }
}

/// Sends a request, and leaves reading the answer to the caller.
pub(crate) async fn open(server: &Server, method: &str, path: &str, body: &str) -> TcpStream {
    open_with(server, method, path, "", body).await
}

/// The same with further headers, each with its end of line.
pub(crate) async fn open_with(
    server: &Server,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> TcpStream {
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("the server listens");
    let accept = if path.contains("accept-events") {
        "text/event-stream"
    } else {
        "*/*"
    };
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: test\r\nAccept: {accept}\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("a request");
    stream
}

/// Negotiates, and gives the path with the token.
pub(crate) async fn negotiated(server: &Server) -> String {
    negotiated_at(server, "/hubs/test").await
}

/// The same at any path.
pub(crate) async fn negotiated_at(server: &Server, path: &str) -> String {
    let negotiate = format!("{path}/negotiate?negotiateVersion=1");
    let (_, body) = request(server, "POST", &negotiate).await;
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let token = body["connectionToken"].as_str().expect("a token");
    format!("{path}?id={token}")
}
