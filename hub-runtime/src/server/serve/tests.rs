//! Shutdown with upgraded connections; everything else is seen from outside, in `tests/serve.rs`.

use super::{Serve, serve};
use crate::connections::websocket::close::CloseCode;
use crate::connections::websocket::upgrade::{self, Upgraded};
use crate::connections::websocket::write::close_frame;
use crate::server::drain::{Drain, DrainGuard};
use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::future::pending;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

async fn upgraded(request: &mut Request) -> (Response, Drain, DrainGuard, upgrade::Upgrading) {
    let drain = request.extensions().get::<Drain>().unwrap().clone();
    let guard = drain.guard();
    let (response, upgrading) = upgrade::accept(request).unwrap();
    (response, drain, guard, upgrading)
}

/// Closes when it is told to.
async fn polite(mut request: Request) -> Response {
    let (response, drain, guard, upgrading) = upgraded(&mut request).await;
    drain.spawn(async move {
        let Upgraded::Tcp { mut stream, .. } = upgrading.socket().await.unwrap() else {
            unreachable!()
        };
        guard.signalled().await;
        stream
            .write_all(&close_frame(Some(CloseCode::GOING_AWAY), ""))
            .await
            .unwrap();
    });
    response
}

/// Listens to nobody.
async fn stubborn(mut request: Request) -> Response {
    let (response, drain, guard, upgrading) = upgraded(&mut request).await;
    drain.spawn(async move {
        let _held = (upgrading.socket().await.unwrap(), guard);
        pending().await
    });
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
        .route("/stubborn", get(stubborn));
    let app = app.route("/plain", get(|| async { "plain".into_response() }));
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
    let (address, stop, _server) = start(|server| server.max_connections(1)).await;
    let upgraded = connect(address, "/stubborn").await;
    let mut waiting = TcpStream::connect(address).await.unwrap();
    waiting
        .write_all(b"GET /plain HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    // The server reads nothing of the second connection; at the shutdown it goes down with the listener.
    stop.send(()).unwrap();
    assert!(!matches!(waiting.read(&mut [0]).await, Ok(1..)));
    drop(upgraded);
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
