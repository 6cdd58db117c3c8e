//! Shutdown with upgraded connections; everything else is seen from outside, in `tests/serve.rs`.

use super::{Serve, serve};
use crate::connections::websocket::close::CloseCode;
use crate::connections::websocket::upgrade::{self, Upgraded};
use crate::connections::websocket::write::close_frame;
use crate::server::drain::{Drain, DrainGuard};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use axum::{Extension, Router};
use futures_util::FutureExt as _;
use std::convert::Infallible;
use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

fn upgraded(request: &mut Request) -> (Response, Drain, DrainGuard, upgrade::Upgrading) {
    let drain = request.extensions().get::<Drain>().unwrap().clone();
    let guard = drain.guard();
    let (response, upgrading) = upgrade::accept(request, false).unwrap();
    (response, drain, guard, upgrading)
}

/// Ends when it is told to, or with its client.
async fn polite(mut request: Request) -> Response {
    let (response, drain, mut guard, upgrading) = upgraded(&mut request);
    drain.spawn(Box::pin(async move {
        let Upgraded::Tcp { mut stream, .. } = upgrading.socket().await.unwrap() else {
            unreachable!()
        };
        tokio::select! {
            () = guard.signalled() => {
                let close = close_frame(Some(CloseCode(1001)), "");
                stream.write_all(&close).await.unwrap();
            }
            end = stream.read_u8() => assert!(end.is_err()),
        }
    }));
    response
}

/// Listens to nobody.
async fn stubborn(mut request: Request) -> Response {
    let (response, drain, guard, upgrading) = upgraded(&mut request);
    drain.spawn(Box::pin(async move {
        let _held = (upgrading.socket().await.unwrap(), guard);
        pending::<()>().await;
    }));
    response
}

type Running = (
    SocketAddr,
    oneshot::Sender<()>,
    JoinHandle<std::io::Result<()>>,
);

async fn start(configure: impl FnOnce(Serve) -> Serve) -> Running {
    let app = Router::new()
        .route("/polite", get(polite))
        .route("/stubborn", get(stubborn))
        .route("/unread", get(unread))
        .route("/plain", get(|| async { "plain" }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server =
        configure(serve(listener, app)).with_graceful_shutdown(async { stopped.await.unwrap() });
    (address, stop, tokio::spawn(server.into_future()))
}

async fn connect(address: SocketAddr, path: &str) -> TcpStream {
    let mut client = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    client.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    assert!(
        head.starts_with(b"HTTP/1.1 101 "),
        "{}",
        head.escape_ascii()
    );
    client
}

#[tokio::test]
async fn upgraded_connections_are_told_of_the_shutdown() {
    let (address, stop, server) = start(|server| server.drain_timeout(Duration::MAX)).await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(connect(address, "/polite").await);
    }
    stop.send(()).unwrap();
    for mut client in clients {
        let mut last = Vec::new();
        client.read_to_end(&mut last).await.unwrap();
        assert_eq!(last, [0x88, 2, 3, 0xe9]);
    }
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn stubborn_connections_are_aborted() {
    let (address, stop, server) =
        start(|server| server.drain_timeout(Duration::from_millis(50))).await;
    let mut client = connect(address, "/stubborn").await;
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
}

#[tokio::test]
async fn upgraded_connections_count() {
    const GET: &[u8] = b"GET /plain HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let (address, _stop, _server) = start(|server| server.max_connections(2)).await;
    let upgraded = connect(address, "/polite").await;
    let mut waiting = None;
    let mut plain = TcpStream::connect(address).await.unwrap();
    // The server has many turns in which it could take the third connection.
    for _ in 0..50 {
        plain.write_all(GET).await.unwrap();
        assert!(plain.read(&mut [0; 1024]).await.unwrap() > 0);
        if waiting.is_none() {
            let mut third = TcpStream::connect(address).await.unwrap();
            third.write_all(GET).await.unwrap();
            waiting = Some(third);
        }
    }
    let mut waiting = waiting.unwrap();
    assert!(waiting.read_u8().now_or_never().is_none());
    drop(upgraded);
    assert_eq!(waiting.read_u8().await.unwrap(), b'H');
}

/// Never ends, and nobody reads it.
async fn unread(drain: Extension<Drain>) -> Body {
    let mut size = 0;
    Body::from_stream(futures_util::stream::repeat_with(move || {
        size += 1;
        if size == 100 {
            drain.cut();
        }
        Ok::<_, Infallible>(Bytes::from_static(&[0; 1024]))
    }))
}

#[tokio::test]
async fn a_connection_can_be_cut() {
    let (address, stop, server) = start(|server| server.drain_timeout(Duration::MAX)).await;
    let mut client = TcpStream::connect(address).await.unwrap();
    client
        .write_all(b"GET /unread HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut received = Vec::new();
    // Without the cut this would take all memory there is.
    let _ = client.read_to_end(&mut received).await;
    assert!(!received.ends_with(b"0\r\n\r\n"));
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_dropped_server_takes_everything_along() {
    let (address, _stop, server) = start(|server| server).await;
    let mut upgraded = connect(address, "/stubborn").await;
    let mut idle = TcpStream::connect(address).await.unwrap();
    server.abort();
    assert_eq!(upgraded.read(&mut [0]).await.unwrap(), 0);
    assert!(!matches!(idle.read(&mut [0]).await, Ok(1..)));
}
