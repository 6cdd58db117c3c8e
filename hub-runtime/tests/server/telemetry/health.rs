use crate::client::{Client, request, send};
use crate::hub::Server;
use axum::extract::Request;
use axum::middleware::Next;
use hub_runtime::Hubs;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// Health beside the hubs of a server that has begun already, on a server of its own.
async fn watch(hubs: &Hubs) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(hub_runtime::serve(listener, hubs.health_routes("/health")).into_future());
    address
}

async fn ask(server: &mut Server, address: SocketAddr) -> (u16, Value) {
    let own = std::mem::replace(&mut server.address, address);
    let answer = send(server, "GET", "/health", "").await;
    server.address = own;
    assert!(answer.has("content-type: application/json"));
    assert!(answer.has("cache-control: no-store"));
    (
        answer.status,
        serde_json::from_str(&answer.body).expect("JSON"),
    )
}

#[tokio::test]
async fn a_server_is_ready_until_its_hubs_shut_down() {
    let mut server = Server::start().await;
    let address = watch(&server.hubs).await;
    let ready = |connections: usize| json!({"status": "ready", "connections": connections, "hubs": {"TestHub": connections}});
    assert_eq!(ask(&mut server, address).await, (200, ready(0)));
    let _client = Client::json(&server).await;
    assert_eq!(ask(&mut server, address).await, (200, ready(1)));
    let health = server.hubs.health();
    assert!(health.is_ready());
    assert_eq!(health.connections(), 1);
    assert_eq!(health.hubs().collect::<Vec<_>>(), [("TestHub", 1)]);
    server.hubs.shutdown().await;
    let draining = json!({"status": "draining", "connections": 0, "hubs": {"TestHub": 0}});
    assert_eq!(ask(&mut server, address).await, (503, draining));
}

/// Lets a request wait between its arrival and its handler.
#[derive(Default)]
struct Turnstile {
    arrived: Notify,
    go: Notify,
}

#[tokio::test]
async fn a_server_that_shuts_down_is_not_ready() {
    let hubs = Hubs::builder().build().expect("no hubs");
    let turnstile = Arc::<Turnstile>::default();
    let layer = axum::middleware::from_fn({
        let turnstile = Arc::clone(&turnstile);
        move |request: Request, next: Next| {
            let turnstile = Arc::clone(&turnstile);
            async move {
                turnstile.arrived.notify_one();
                turnstile.go.notified().await;
                next.run(request).await
            }
        }
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let stop = Arc::new(Notify::new());
    let stopped = Arc::clone(&stop);
    let serve = hub_runtime::serve(listener, hubs.health_routes("/health").layer(layer))
        .with_graceful_shutdown(async move { stopped.notified().await });
    let serving = tokio::spawn(serve.into_future());
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = b"GET /health HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    turnstile.arrived.notified().await;
    stop.notify_one();
    // The listener is closed before the server begins to drain, all on this one thread.
    while TcpStream::connect(address).await.is_ok() {}
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    turnstile.go.notify_one();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn other_paths_are_the_applications() {
    let mut server = Server::start().await;
    let address = watch(&server.hubs).await;
    let own = std::mem::replace(&mut server.address, address);
    assert_eq!(request(&server, "GET", "/elsewhere").await.0, 404);
    server.address = own;
}
