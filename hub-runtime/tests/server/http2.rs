//! WebSockets that share one connection of HTTP/2 (RFC 8441).

use crate::client::{Client, message, negotiated};
use crate::hub::{Noticed, Server};
use http_body_util::BodyExt as _;
use hub_runtime::{DisconnectReason, HubOptions};
use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper::ext::Protocol;
use hyper::upgrade::Upgraded;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// For what must not take long, but may on a busy machine.
const SOON: Duration = Duration::from_secs(10);
/// A deadline under test.
const SHORT: Duration = Duration::from_millis(100);

pub(crate) type Socket = Client<TokioIo<Upgraded>>;

/// One connection to a server.
pub(crate) struct Http2 {
    requests: SendRequest<String>,
    connection: JoinHandle<hyper::Result<()>>,
}

impl Http2 {
    async fn connect(server: &Server) -> Self {
        Self::over(stream(server).await).await
    }

    pub(crate) async fn over(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        let (requests, connection) = http2::Builder::new(TokioExecutor::new())
            // Small, so that not reading tells.
            .initial_stream_window_size(64 * 1024)
            .initial_connection_window_size(1024 * 1024)
            .handshake(TokioIo::new(stream))
            .await
            .unwrap();
        let connection = tokio::spawn(connection);
        let mut this = Self {
            requests,
            connection,
        };
        // Its answer comes behind the server's settings, which have to be known for a WebSocket.
        this.request(Method::GET, "/nothing", "").await;
        this
    }

    async fn send(&mut self, request: Request<String>) -> Response<Incoming> {
        let answer = timeout(SOON, self.requests.send_request(request)).await;
        answer.expect("in time").expect("an answer")
    }

    async fn request(&mut self, method: Method, path: &str, body: &str) -> (u16, String) {
        let response = self.send(to(method, path, body)).await;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.into()).unwrap())
    }

    /// Asks for a WebSocket, or something like it.
    async fn ask(
        &mut self,
        path: &str,
        protocol: &'static str,
        version: &str,
    ) -> Response<Incoming> {
        let mut request = to(Method::CONNECT, path, "");
        let protocol = Protocol::from_static(protocol);
        request.extensions_mut().insert(protocol);
        let version = version.parse().unwrap();
        request
            .headers_mut()
            .insert("sec-websocket-version", version);
        self.send(request).await
    }

    async fn refused(&mut self, path: &str) -> (u16, String) {
        let response = self.ask(path, "websocket", "13").await;
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.into()).unwrap())
    }

    /// A WebSocket at a path of the hub.
    async fn open(&mut self, path: &str) -> Socket {
        let response = self.ask(path, "websocket", "13").await;
        assert_eq!(response.status(), 200);
        for header in ["upgrade", "connection", "sec-websocket-accept"] {
            assert!(!response.headers().contains_key(header), "{header}");
        }
        let upgraded = hyper::upgrade::on(response).await.unwrap();
        Client::upgraded(TokioIo::new(upgraded)).await
    }

    /// The same, with a JSON handshake.
    pub(crate) async fn json(&mut self) -> Socket {
        let mut socket = self.open("/hubs/test").await;
        socket.shake_hands().await;
        socket
    }

    /// Waits until the server ends the connection.
    async fn ended(&mut self) {
        let ended = timeout(SOON, &mut self.connection).await;
        let _ = ended.expect("in time");
    }
}

async fn stream(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

fn to(method: Method, path: &str, body: &str) -> Request<String> {
    Request::builder()
        .method(method)
        .uri(format!("http://localhost{path}"))
        .body(body.to_owned())
        .unwrap()
}

#[tokio::test]
async fn a_hub_is_served() {
    let mut server = Server::start().await;
    let mut http = Http2::connect(&server).await;
    let mut socket = http.json().await;
    let version = socket.invoke("HttpVersion", json!([])).await;
    assert_eq!(version["result"], "HTTP/2.0");
    let text = "x".repeat(30_000);
    for _ in 0..20 {
        assert_eq!(socket.invoke("Echo", json!([text])).await["result"], text);
    }
    socket.send(json!({"type": 7})).await;
    socket.close().await;
    let reason = DisconnectReason::ClientClosed(None);
    server.expect_disconnect(reason).await;
    // Of the connection only the stream has ended.
    assert_eq!(http.request(Method::GET, "/nothing", "").await.0, 404);
}

#[tokio::test]
async fn a_negotiated_token_opens_a_stream_once() {
    let server = Server::start().await;
    let mut http = Http2::connect(&server).await;
    let path = negotiated(&server).await;
    let mut socket = http.open(&path).await;
    socket.shake_hands().await;
    assert_eq!(http.refused(&path).await, (409, String::new()));
    let (status, text) = http.request(Method::POST, &path, "").await;
    let expected = "POST requests are not allowed for WebSocket connections.";
    assert_eq!((status, text.as_str()), (405, expected));
}

#[cfg(feature = "deflate")]
#[tokio::test]
async fn a_stream_may_be_compressed() {
    let server = Server::with(|options| options.dangerous_enable_compression = true).await;
    let mut http = Http2::connect(&server).await;
    let mut request = to(Method::CONNECT, "/hubs/test", "");
    let protocol = Protocol::from_static("websocket");
    request.extensions_mut().insert(protocol);
    for (name, value) in [
        ("sec-websocket-version", "13"),
        ("sec-websocket-extensions", "permessage-deflate"),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let response = http.send(request).await;
    assert_eq!(response.status(), 200);
    let answer = response.headers()["sec-websocket-extensions"].clone();
    let upgraded = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    let mut client = crate::compression::Client::upgraded(upgraded, answer.to_str().unwrap());
    client.shake_hands().await;
    client.expect_echo(&"x".repeat(20_000)).await;
}

#[tokio::test]
async fn requests_that_are_mistakes() {
    let server = Server::start().await;
    let mut http = Http2::connect(&server).await;
    let unknown = (404, "No Connection with that ID".to_owned());
    assert_eq!(http.refused("/hubs/test?id=x").await, unknown);
    let text = "WebSockets transport not supported by this end point type";
    let refused = http.refused("/hubs/over-http").await;
    assert_eq!(refused, (404, text.to_owned()));
    assert_eq!(http.refused("/hubs/test/negotiate").await.0, 405);
    assert_eq!(http.refused("/elsewhere").await.0, 404);
    let polled = negotiated(&server).await;
    assert_eq!(http.request(Method::GET, &polled, "").await.0, 200);
    let text = "Cannot change transports mid-connection";
    assert_eq!(http.refused(&polled).await, (400, text.to_owned()));
    let old = http.ask("/hubs/test", "websocket", "8").await;
    assert_eq!(old.status(), 400);
    assert_eq!(old.headers()["sec-websocket-version"], "13");
    let other = http.ask("/hubs/test", "connect-udp", "13").await;
    assert_eq!(other.status(), 405);
    server.hubs.shutdown().await;
    assert_eq!(http.refused("/hubs/test").await.0, 503);
}

#[tokio::test]
async fn sockets_of_one_connection_are_connections_of_their_own() {
    let mut server = Server::start().await;
    let mut http = Http2::connect(&server).await;
    let mut sockets = Vec::new();
    for _ in 0..50 {
        sockets.push(http.json().await);
        assert_eq!(server.noticed().await, Noticed::Connected);
    }
    sockets[7].call("1", "Broadcast", json!(["to all"])).await;
    for socket in &mut sockets {
        assert_eq!(socket.next().await.unwrap()["arguments"][0], "to all");
    }
    assert_eq!(sockets[7].next().await.unwrap()["invocationId"], "1");
    // hyper resets a stream that is dropped.
    sockets.pop().unwrap().vanish();
    let reason = DisconnectReason::ConnectionLost;
    assert_eq!(server.noticed().await, Noticed::Disconnected(reason));
    for socket in &mut sockets {
        let answer = socket.invoke("Add", json!([1, 2])).await;
        assert_eq!(answer["result"], 3);
    }
    server.expect_silence();
}

#[tokio::test]
async fn a_connection_that_is_lost_takes_all_its_sockets_along() {
    let mut server = Server::start().await;
    let stream = stream(&server).await.into_std().unwrap();
    let same = TcpStream::from_std(stream.try_clone().unwrap()).unwrap();
    let mut http = Http2::over(same).await;
    let _sockets = (http.json().await, http.json().await);
    for _ in 0..2 {
        assert_eq!(server.noticed().await, Noticed::Connected);
    }
    stream.shutdown(std::net::Shutdown::Both).unwrap();
    for _ in 0..2 {
        let reason = DisconnectReason::ConnectionLost;
        assert_eq!(server.noticed().await, Noticed::Disconnected(reason));
    }
}

#[tokio::test]
async fn a_connection_is_not_idle_while_it_has_a_socket() {
    let server = Server::configured(|server| server.keep_alive_timeout(SHORT)).await;
    let mut http = Http2::connect(&server).await;
    let mut socket = http.json().await;
    // Another connection, which began later, is idle for long enough meanwhile.
    Http2::connect(&server).await.ended().await;
    // It takes requests still, and none would be taken behind the goodbye of an idle connection.
    assert_eq!(http.request(Method::GET, "/nothing", "").await.0, 404);
    let answer = socket.invoke("Echo", json!(["here"])).await;
    assert_eq!(answer["result"], "here");
    socket.close().await;
    drop(socket);
    http.ended().await;
}

/// A connection that has been served and ignores the server's goodbye: it ends when the server has
/// lost patience.
async fn deaf(server: &Server) -> TcpStream {
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    let settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    // HEADERS of the first stream, which end both: GET, http, /, localhost.
    let get = b"\0\0\x0e\x01\x05\0\0\0\x01\x82\x86\x84\x01\x09localhost";
    for part in [&preface[..], &settings, get] {
        stream.write_all(part).await.unwrap();
    }
    stream.read_u8().await.unwrap();
    stream
}

#[tokio::test]
async fn a_shutdown_says_goodbye_on_every_socket() {
    let (stop, stopped) = oneshot::channel::<()>();
    let mut server = Server::configured(|server| {
        server
            .drain_timeout(Duration::MAX)
            .with_graceful_shutdown(async { drop(stopped.await) })
    })
    .await;
    let mut http = Http2::connect(&server).await;
    let mut sockets = [http.json().await, http.json().await];
    sockets[0].call("1", "Wait", json!(["answered"])).await;
    sockets[0].read_by_server().await;
    let mut deaf = deaf(&server).await;
    stop.send(()).unwrap();
    let goodbye = Some(json!({"type": 7, "allowReconnect": true}));
    assert_eq!(sockets[1].next().await, goodbye);
    assert_eq!(sockets[1].next().await, None);
    // The connection goes on as long as a socket does, and others do not.
    let mut rest = Vec::new();
    let _ = timeout(SOON, deaf.read_to_end(&mut rest))
        .await
        .expect("an end");
    server.go.notify_one();
    assert_eq!(sockets[0].next().await.unwrap()["result"], "answered");
    assert_eq!(sockets[0].next().await, goodbye);
    assert_eq!(sockets[0].next().await, None);
    drop(sockets);
    http.ended().await;
    let task = timeout(SOON, &mut server.task).await;
    task.expect("in time").unwrap().unwrap();
}

fn hasty(options: &mut HubOptions) {
    options.transport_send_timeout = Duration::from_millis(200);
}

/// Broadcasts until the hub has given another client up.
async fn broadcast_until_one_is_slow(server: &mut Server, good: &mut Socket) {
    let text = "x".repeat(30_000);
    for number in 0..10_000 {
        good.call(&number.to_string(), "Broadcast", json!([text]))
            .await;
        for _ in 0..2 {
            good.next().await.expect("the broadcast and the answer");
        }
        if server.has_given_up_a_slow_client() {
            return;
        }
    }
    panic!("nobody gave the slow client up");
}

#[tokio::test]
async fn a_socket_that_is_not_read_is_reset_and_leaves_the_others_alone() {
    let mut server = Server::with(hasty).await;
    let mut http = Http2::connect(&server).await;
    let mut good = http.json().await;
    let mut slow = http.json().await.into_stream();
    for _ in 0..2 {
        assert_eq!(server.noticed().await, Noticed::Connected);
    }
    broadcast_until_one_is_slow(&mut server, &mut good).await;
    let reset = async { while slow.write_all(&message(&json!({"type": 6}))).await.is_ok() {} };
    timeout(SOON, reset).await.expect("a reset");
    let answer = good.invoke("Echo", json!(["alive"])).await;
    assert_eq!(answer["result"], "alive");
}

#[tokio::test]
async fn an_event_stream_that_is_not_read_is_reset_and_leaves_the_others_alone() {
    let mut server = Server::with(hasty).await;
    let mut http = Http2::connect(&server).await;
    let mut good = http.json().await;
    let path = negotiated(&server).await;
    let mut request = to(Method::GET, &path, "");
    let accept = "text/event-stream".parse().unwrap();
    request.headers_mut().insert("accept", accept);
    let slow = http.send(request).await;
    let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
    let (status, _) = http.request(Method::POST, &path, handshake).await;
    assert_eq!(status, 200);
    for _ in 0..2 {
        assert_eq!(server.noticed().await, Noticed::Connected);
    }
    broadcast_until_one_is_slow(&mut server, &mut good).await;
    let reset = timeout(SOON, slow.into_body().collect()).await;
    assert!(reset.expect("in time").is_err());
    let answer = good.invoke("Echo", json!(["alive"])).await;
    assert_eq!(answer["result"], "alive");
}

/// More than the hub takes while one of them runs, and more in number than in bytes.
#[tokio::test]
async fn calls_of_one_socket_that_wait_do_not_stop_the_others() {
    let server = Server::start().await;
    let mut http = Http2::connect(&server).await;
    let mut busy = http.json().await;
    busy.call("0", "Wait", json!(["first"])).await;
    let mut stream = busy.into_stream();
    let call = message(&json!({"type": 1, "target": "Echo", "arguments": [""]}));
    let mut calls = 0;
    // Until the window is full.
    while timeout(SHORT, stream.write_all(&call)).await.is_ok() {
        calls += 1;
        assert!(calls < 100_000, "the server takes everything");
    }
    let mut other = http.json().await;
    for _ in 0..100 {
        let answer = other.invoke("Echo", json!(["x".repeat(10_000)])).await;
        assert_eq!(answer["result"].as_str().unwrap().len(), 10_000);
    }
    server.go.notify_one();
    assert!(calls > 500, "{calls}");
}

/// Whether requests are refused, and not only until a stream that was reset just now has ended.
async fn is_full(http: &mut Http2) -> bool {
    for _ in 0..10 {
        if http.request(Method::GET, "/nothing", "").await.0 != 503 {
            return false;
        }
    }
    true
}

#[tokio::test]
async fn sockets_that_are_reset_count_until_they_have_ended() {
    let patient = |options: &mut HubOptions| options.abort_grace_period = Duration::MAX;
    let mut server = Server::with(patient).await;
    let mut http = Http2::connect(&server).await;
    let mut ending = 0;
    while !is_full(&mut http).await {
        let mut socket = http.json().await;
        socket.call("1", "Wait", json!(["for ever"])).await;
        socket.read_by_server().await;
        socket.vanish();
        assert_eq!(server.noticed().await, Noticed::Connected);
        ending += 1;
        assert!(ending < 1000, "nothing bounds them");
    }
    assert_eq!(http.refused("/hubs/test").await.0, 503);
    // Other connections have room.
    Http2::connect(&server).await.json().await;
    // And this one again, when some have ended.
    for _ in 0..10 {
        server.go.notify_one();
        while !matches!(server.noticed().await, Noticed::Disconnected(_)) {}
    }
    while http.request(Method::GET, "/nothing", "").await.0 == 503 {}
    http.json().await;
}

#[tokio::test]
async fn a_lost_stream_is_come_back_from_on_another_one() {
    let mut server = Server::with(|options| options.allow_stateful_reconnects = true).await;
    let mut http = Http2::connect(&server).await;
    let negotiate = "/hubs/test/negotiate?negotiateVersion=1&useStatefulReconnect=true";
    let (_, body) = http.request(Method::POST, negotiate, "").await;
    let body: Value = serde_json::from_str(&body).unwrap();
    let query = format!("?id={}", body["connectionToken"].as_str().unwrap());
    let path = format!("/hubs/test{query}");
    let mut first = http.open(&path).await;
    first.send(json!({"protocol": "json", "version": 2})).await;
    assert_eq!(first.next().await, Some(json!({})));
    let answer = first.invoke("Echo", json!(["a"])).await;
    assert_eq!(answer["result"], "a");
    first.vanish();
    let sequence = json!({"type": 9, "sequenceId": 1});
    let mut second = http.open(&path).await;
    // And once more, in HTTP/1.1 and while the second seems to live.
    second.send(sequence.clone()).await;
    assert_eq!(second.next().await.as_ref(), Some(&sequence));
    assert_eq!(second.next().await.unwrap()["result"], "a");
    let mut third = Client::raw(&server, &query).await;
    third.send(sequence.clone()).await;
    assert_eq!(third.next().await.as_ref(), Some(&sequence));
    assert_eq!(third.next().await.unwrap()["result"], "a");
    assert_eq!(second.next().await, None);
    assert_eq!(server.noticed().await, Noticed::Connected);
    server.expect_silence();
}

#[tokio::test]
async fn axum_serves_them_too() {
    let server = Server::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = server.hubs.mount(axum::Router::new());
    let _axum = tokio::spawn(axum::serve(listener, app).into_future());
    let stream = TcpStream::connect(address).await.unwrap();
    let mut socket = Http2::over(stream).await.json().await;
    let version = socket.invoke("HttpVersion", json!([])).await;
    assert_eq!(version["result"], "HTTP/2.0");
}
