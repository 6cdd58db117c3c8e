//! The whole layer against another implementation, over real sockets.

use super::frame::{Event, FrameReader};
use super::header::Opcode;
use super::upgrade::{self, Upgraded};
use super::write::{MAX_HEADER, close_frame, frame_in_headroom, pong};
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use futures_util::{SinkExt as _, StreamExt as _};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async, connect_async};

/// Sends every message back, as one frame, until the peer closes or breaks a rule.
async fn echo<S: AsyncRead + AsyncWrite + Unpin>(mut socket: S, read_ahead: &[u8]) {
    let (mut reader, mut message) = (FrameReader::default(), vec![0; MAX_HEADER]);
    let mut buf = read_ahead.to_vec();
    loop {
        let (mut out, mut done) = (Vec::new(), false);
        let mut input = &mut buf[..];
        loop {
            match reader.next(&mut input) {
                Ok(Some(Event::Data {
                    payload,
                    end_of_message,
                })) => {
                    message.extend_from_slice(payload.bytes());
                    if end_of_message {
                        let opcode = if payload.is_text() {
                            Opcode::Text
                        } else {
                            Opcode::Binary
                        };
                        let start = frame_in_headroom(&mut message, MAX_HEADER, opcode);
                        out.extend_from_slice(&message[start..]);
                        message.truncate(MAX_HEADER);
                    }
                }
                Ok(Some(Event::Ping(payload))) => out.extend(pong(payload)),
                Ok(Some(Event::Pong)) => {}
                Ok(Some(Event::Close(code))) => {
                    out.extend(close_frame(code, ""));
                    done = true;
                }
                Ok(None) => break,
                Err(error) => {
                    out.extend(close_frame(Some(error.close_code()), &error.to_string()));
                    done = true;
                }
            }
        }
        socket.write_all(&out).await.unwrap();
        if done {
            return;
        }
        buf.resize(16 * 1024, 0);
        let size = socket.read(&mut buf).await.unwrap();
        buf.truncate(size);
        if size == 0 {
            return;
        }
    }
}

async fn endpoint(mut request: Request) -> Response {
    let (response, upgrading) = match upgrade::accept(&mut request, true) {
        Ok(accepted) => accepted,
        Err(error) => return error.into_response(),
    };
    tokio::spawn(async move {
        match upgrading.socket().await.unwrap() {
            Upgraded::Tcp { stream, read_buf } => echo(stream, &read_buf).await,
            Upgraded::Other(stream) => echo(stream, &[]).await,
        }
    });
    response
}

fn app() -> Router {
    Router::new().route("/", any(endpoint))
}

async fn listen() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(axum::serve(listener, app()).into_future());
    address.to_string()
}

fn fragment(opcode: Data, payload: &'static str, fin: bool) -> Message {
    Message::Frame(Frame::message(payload, OpCode::Data(opcode), fin))
}

/// Sends all, expects `expected` back.
async fn check<S>(client: &mut WebSocketStream<S>, sent: Vec<Message>, expected: &[Message])
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    for message in sent {
        client.send(message).await.unwrap();
    }
    for expected in expected {
        assert!(
            client.next().await.unwrap().unwrap() == *expected,
            "{expected:.80}"
        );
    }
}

/// A talk with every kind of frame, in which each side understands the other.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(mut client: WebSocketStream<S>) {
    let client = &mut client;
    let small = Message::text("Hello, κόσμε");
    check(client, vec![small.clone(); 3], &vec![small; 3]).await;
    for size in [0, 125, 126, 0xffff, 0x1_0000, 300_000] {
        let binary = Message::binary(vec![0xa5; size]);
        check(client, vec![binary.clone()], &[binary]).await;
    }
    let ping = Message::Ping(Bytes::from_static(b"are you there?"));
    check(
        client,
        vec![ping],
        &[Message::Pong(Bytes::from_static(b"are you there?"))],
    )
    .await;
    let fragments = vec![
        fragment(Data::Text, "frag", false),
        Message::Ping(Bytes::new()),
        fragment(Data::Continue, "", false),
        fragment(Data::Continue, "ments", true),
    ];
    check(
        client,
        fragments,
        &[Message::Pong(Bytes::new()), Message::text("fragments")],
    )
    .await;
    let close = CloseFrame {
        code: CloseCode::Library(4001),
        reason: "enough".into(),
    };
    client.send(Message::Close(Some(close))).await.unwrap();
    let answer = client.next().await.unwrap().unwrap();
    assert!(
        matches!(&answer, Message::Close(Some(frame)) if frame.code == CloseCode::Library(4001)),
        "{answer}"
    );
    assert!(client.next().await.is_none());
}

#[tokio::test]
async fn talks_over_a_socket() {
    let (client, response) = connect_async(format!("ws://{}/", listen().await))
        .await
        .unwrap();
    assert!(!response.headers().contains_key("sec-websocket-extensions"));
    talk(client).await;
}

#[tokio::test]
async fn talks_over_any_other_stream() {
    let (near, far) = tokio::io::duplex(1024);
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(far), TowerToHyperService::new(app()))
        .with_upgrades();
    tokio::spawn(connection);
    let (client, _) = client_async("ws://localhost/", near).await.unwrap();
    talk(client).await;
}

#[tokio::test]
async fn names_the_rule_that_was_broken() {
    let (mut client, _) = connect_async(format!("ws://{}/", listen().await))
        .await
        .unwrap();
    let frame = Frame::message(&b"\xff"[..], OpCode::Data(Data::Text), true);
    client.send(Message::Frame(frame)).await.unwrap();
    let answer = client.next().await.unwrap().unwrap();
    let Message::Close(Some(frame)) = answer else {
        panic!("{answer}")
    };
    assert_eq!(
        (frame.code, frame.reason.as_str()),
        (CloseCode::Invalid, "the text is not UTF-8")
    );
}

#[tokio::test]
async fn reads_what_came_with_the_request() {
    let mut client = TcpStream::connect(listen().await).await.unwrap();
    let request =
        b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
        sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\
        \x81\x82\0\0\0\0hi\x88\x80\0\0\0\0";
    client.write_all(request).await.unwrap();
    let mut response = Vec::new();
    client.read_to_end(&mut response).await.unwrap();
    assert!(response.starts_with(b"HTTP/1.1 101 "));
    assert!(
        response.ends_with(b"\r\n\r\n\x81\x02hi\x88\x00"),
        "{}",
        response.escape_ascii()
    );
}

#[tokio::test]
async fn refuses_in_http() {
    let address = listen().await;
    let refused = connect_async(format!("ws://{address}/nowhere"))
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Http(response) if response.status() == 404));
    let mut client = TcpStream::connect(address).await.unwrap();
    client
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut response = String::new();
    client.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 400 "), "{response}");
}
