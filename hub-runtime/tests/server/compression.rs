//! Compressed messages (RFC 7692), with a client that can say wrong things in them too.

use crate::client::{Client as PlainClient, records};
use crate::hub::{Noticed, Server};
use axum::Router;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};
use hub_runtime::{ConnectionOptions, DisconnectReason, RawConnection};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(10);
const OFFER: &str = "permessage-deflate; client_max_window_bits";
const ANSWER: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// A client that compresses everything it says.
pub(crate) struct Client<S = TcpStream> {
    stream: S,
}

/// A frame of the server's.
#[derive(Debug, PartialEq)]
struct Frame {
    first: u8,
    payload: Vec<u8>,
}

impl Client {
    async fn connect(server: &Server, path: &str) -> Self {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "GET {path} HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             sec-websocket-extensions: {OFFER}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        let answer = String::from_utf8(answer).unwrap();
        let extensions = answer
            .lines()
            .find_map(|line| line.strip_prefix("sec-websocket-extensions: "));
        Self::upgraded(stream, extensions.expect("compression"))
    }

    async fn json(server: &Server) -> Self {
        let mut client = Self::connect(server, "/hubs/test").await;
        client.shake_hands().await;
        client
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) fn upgraded(stream: S, answer: &str) -> Self {
        assert_eq!(answer, ANSWER);
        Self { stream }
    }

    pub(crate) async fn shake_hands(&mut self) {
        self.send(&json!({"protocol": "json", "version": 1})).await;
        assert_eq!(self.frame().await.payload, b"{}\x1e");
    }

    /// Calls `Echo`, and looks at how the answer travels.
    pub(crate) async fn expect_echo(&mut self, text: &str) {
        self.send(&call("Echo", text)).await;
        let answer = self.frame().await;
        let is_compressed = answer.first == 0xc1;
        assert_eq!(is_compressed, text.len() > 1000, "{:x}", answer.first);
        if is_compressed {
            assert!(answer.payload.len() < text.len() / 10);
        }
        let answer = String::from_utf8(answer.inflated()).unwrap();
        assert_eq!(records(&answer).next().unwrap()["result"], text);
    }

    async fn send(&mut self, message: &Value) {
        let bytes = compressed(format!("{message}\u{1e}").as_bytes());
        self.frames(&[(0xc1, &bytes)]).await;
    }

    /// Sends frames, masked with zeros.
    async fn frames(&mut self, frames: &[(u8, &[u8])]) {
        let mut bytes = Vec::new();
        for (first, payload) in frames {
            bytes.push(*first);
            match payload.len() {
                short @ 0..=125 => bytes.push(0x80 | short as u8),
                long => {
                    bytes.push(0xfe);
                    bytes.extend(u16::try_from(long).unwrap().to_be_bytes());
                }
            }
            bytes.extend([0; 4]);
            bytes.extend(*payload);
        }
        // A server that has closed already will say why.
        let _ = self.stream.write_all(&bytes).await;
    }

    async fn frame(&mut self) -> Frame {
        timeout(SOON, self.read_frame())
            .await
            .expect("in time")
            .expect("a frame")
    }

    async fn read_frame(&mut self) -> std::io::Result<Frame> {
        let first = self.stream.read_u8().await?;
        let length = match self.stream.read_u8().await? {
            126 => usize::from(self.stream.read_u16().await?),
            127 => usize::try_from(self.stream.read_u64().await?).unwrap(),
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        self.stream.read_exact(&mut payload).await?;
        Ok(Frame { first, payload })
    }

    /// The code of the Close frame, which comes after hub messages.
    async fn close_code(&mut self) -> u16 {
        loop {
            let frame = self.frame().await;
            if frame.first == 0x88 {
                return u16::from_be_bytes([frame.payload[0], frame.payload[1]]);
            }
        }
    }
}

impl Frame {
    fn inflated(&self) -> Vec<u8> {
        if self.first & 0x40 == 0 {
            return self.payload.clone();
        }
        let mut message = Vec::with_capacity(1 << 20);
        let bytes = [&self.payload, &[0, 0, 0xff, 0xff][..]].concat();
        let status =
            Decompress::new(false).decompress_vec(&bytes, &mut message, FlushDecompress::None);
        status.expect("a compressed message");
        message
    }
}

fn call(target: &str, text: &str) -> Value {
    json!({"type": 1, "invocationId": "1", "target": target, "arguments": [text]})
}

fn compressed(message: &[u8]) -> Vec<u8> {
    let mut compress = Compress::new(Compression::best(), false);
    let mut bytes = Vec::with_capacity(message.len() + 1000);
    compress
        .compress_vec(message, &mut bytes, FlushCompress::Sync)
        .unwrap();
    bytes.truncate(bytes.len() - 4);
    bytes
}

async fn server() -> Server {
    Server::with(|options| options.dangerous_enable_compression = true).await
}

#[tokio::test]
async fn calls_and_long_answers_are_compressed() {
    let server = server().await;
    let mut client = Client::json(&server).await;
    client.expect_echo("short").await;
    client.expect_echo(&"long ".repeat(5000)).await;
    client.expect_echo("short again").await;
}

#[tokio::test]
async fn a_broadcast_reaches_those_who_compress_and_those_who_do_not() {
    let server = server().await;
    let mut compressing = Client::json(&server).await;
    let mut plain = PlainClient::json(&server).await;
    let text = "news ".repeat(2000);
    plain.call("1", "Broadcast", json!([text])).await;
    assert_eq!(plain.next().await.unwrap()["arguments"][0], text);
    let frame = compressing.frame().await;
    assert_eq!(frame.first, 0xc1);
    let message = String::from_utf8(frame.inflated()).unwrap();
    assert_eq!(records(&message).next().unwrap()["arguments"][0], text);
}

#[tokio::test]
async fn nobody_compresses_unless_the_server_allows_it() {
    let server = Server::start().await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = format!(
        "GET /hubs/test HTTP/1.1\r\nhost: test\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-extensions: {OFFER}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // A compressed handshake breaks a rule then.
    stream
        .write_all(&[0xc1, 0x81, 0, 0, 0, 0, 0])
        .await
        .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let head = answer
        .windows(4)
        .position(|part| part == b"\r\n\r\n")
        .expect("a head");
    let (head, frame) = answer.split_at(head + 4);
    let head = String::from_utf8_lossy(head);
    assert!(
        head.starts_with("HTTP/1.1 101 ") && !head.contains("extensions"),
        "{head}"
    );
    assert_eq!(
        (frame[0], &frame[2..4]),
        (0x88, &1002_u16.to_be_bytes()[..])
    );
}

#[tokio::test]
async fn a_bomb_ends_its_connection_at_the_largest_message() {
    let mut server = server().await;
    let mut client = Client::json(&server).await;
    // 100 MB, in some 100 KB: in fragments, so that the server could wait for all of them.
    let bytes = compressed(&vec![b' '; 100 << 20]);
    let (begin, rest) = bytes.split_at(30_000);
    client
        .frames(&[(0x41, begin), (0x00, &rest[..30_000])])
        .await;
    assert_eq!(client.close_code().await, 1000);
    let Noticed::Connected = server.noticed().await else {
        panic!("a connection")
    };
    let Noticed::Disconnected(reason) = server.noticed().await else {
        panic!("an end")
    };
    assert!(format!("{reason:?}").contains("32768"), "{reason:?}");
}

#[tokio::test]
async fn messages_that_inflate_to_very_many_are_all_handled() {
    let server = server().await;
    let mut client = Client::json(&server).await;
    // 2 MB of pings in a frame of some 6 KB, and calls behind them.
    let pings = "{\"type\":6}\u{1e}".repeat(200_000);
    let bytes = compressed(pings.as_bytes());
    let call = compressed(format!("{}\u{1e}", call("Echo", "there")).as_bytes());
    client.frames(&[(0xc1, &bytes), (0xc1, &call)]).await;
    let answer = String::from_utf8(client.frame().await.payload).unwrap();
    assert_eq!(records(&answer).next().unwrap()["result"], "there");
}

#[tokio::test]
async fn what_a_busy_connection_has_not_inflated_waits() {
    let mut server = server().await;
    let mut client = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let message = |id: usize, target: &str| {
        let call = json!({"type": 1, "invocationId": id.to_string(), "target": target, "arguments": ["x"]});
        compressed(format!("{call}\u{1e}").as_bytes())
    };
    // So many calls wait that reading stops, with the rest of them in frames that have been read.
    let mut calls = vec![message(0, "Wait")];
    calls.extend((1..2000).map(|id| message(id, "Echo")));
    let frames: Vec<_> = calls.iter().map(|call| (0xc1, &call[..])).collect();
    client.frames(&frames).await;
    server.go.notify_one();
    let mut answers = Vec::new();
    while answers.len() < 2000 {
        let text = String::from_utf8(client.frame().await.inflated()).unwrap();
        answers.extend(records(&text).filter(|message| message["type"] == 3));
    }
    for (id, answer) in answers.iter().enumerate() {
        assert_eq!(answer["invocationId"], id.to_string());
    }
}

#[tokio::test]
async fn corrupt_messages_end_their_connection() {
    let mut server = server().await;
    let mut client = Client::json(&server).await;
    client.frames(&[(0xc1, &[0x06])]).await;
    assert_eq!(client.close_code().await, 1007);
    assert_eq!(server.noticed().await, Noticed::Connected);
    let ended = server.noticed().await;
    assert!(
        matches!(
            ended,
            Noticed::Disconnected(DisconnectReason::ProtocolError(_))
        ),
        "{ended:?}"
    );
    let mut client = Client::json(&server).await;
    client.frames(&[(0xc9, b"")]).await;
    assert_eq!(client.close_code().await, 1002);
}

#[tokio::test]
async fn connections_without_the_hub_protocol_compress_too() {
    async fn echo(mut connection: RawConnection) {
        while let Some(message) = connection.receive().await {
            let _ = connection.send(message).await;
        }
    }
    let adjust = |options: &mut ConnectionOptions| options.dangerous_enable_compression = true;
    let made =
        |builder: hub_runtime::HubsBuilder| builder.connection_handler_with("/raw", echo, adjust);
    let server = Server::made(made, Router::new()).await;
    let mut client = Client::connect(&server, "/raw").await;
    for (message, first) in [(&b"short"[..], 0x82), (&[b'x'; 5000], 0xc2)] {
        client.frames(&[(0xc2, &compressed(message))]).await;
        let answer = client.frame().await;
        assert_eq!((answer.first, &answer.inflated()[..]), (first, message));
    }
    // One byte more than a message may have, in hardly more than 100.
    client
        .frames(&[(0xc2, &compressed(&vec![b'x'; 65_537]))])
        .await;
    assert_eq!(client.close_code().await, 1009);
}
