//! Clients that dawdle: every wait for one of them ends, and dribbling does not extend it.

use crate::support::{
    Client, Http, OVER_EVERYTHING, Over, Protocol, Server, Transport, WebSocket, figure,
    message_frame, request,
};
use futures_util::future::join_all;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// All times of the servers under test.
const SETTING: Duration = Duration::from_secs(1);
/// How much later an end may come.
const RESERVE: Duration = Duration::from_secs(5);
/// Often enough to extend what any byte would extend.
const PACE: Duration = Duration::from_millis(100);

/// A ping of the WebSocket's, which is none of the hub's.
const WEB_SOCKET_PING: &[u8] = b"\x89\x80\0\0\0\0";
/// The head of a message of 10 000 bytes.
const LONG_FRAME: &[u8] = b"\x82\xfe\x27\x10\0\0\0\0";

/// Nothing at all.
fn silence() -> impl Iterator<Item = Vec<u8>> {
    std::iter::empty()
}

/// The same over and over.
fn again(piece: &[u8]) -> impl Iterator<Item = Vec<u8>> + use<> {
    std::iter::repeat(piece.to_vec())
}

/// One of these each tenth of a second, until the server ends the connection: in time. Gives what
/// it had to say.
async fn is_ended(
    row: &str,
    stream: &mut TcpStream,
    pieces: impl Iterator<Item = Vec<u8>>,
) -> Vec<u8> {
    let start = Instant::now();
    let (mut read, mut write) = stream.split();
    let writing = async {
        for piece in pieces {
            sleep(PACE).await;
            if write.write_all(&piece).await.is_err() {
                break;
            }
        }
        std::future::pending::<()>().await;
    };
    let mut said = Vec::new();
    let end = async {
        tokio::select! {
            // A reset is an end as well.
            _ = read.read_to_end(&mut said) => {}
            () = writing => {}
        }
    };
    let in_time = timeout(SETTING + RESERVE, end).await.is_ok();
    figure(row, format!("{:?}", start.elapsed()), "1 s + 5 s");
    assert!(in_time, "{row}: it goes on");
    said
}

/// Nobody says anything, and the server says that this was too long.
async fn is_refused(server: &Server, over: Over) {
    let mut client = Client::silent(server.address, over).await;
    let start = Instant::now();
    let refusal = client.receive().await.expect("a refusal");
    assert_eq!(refusal, b"{\"error\":\"Handshake was canceled.\"}\x1e");
    assert_eq!(client.receive().await, None);
    let elapsed = start.elapsed();
    figure(
        &format!("handshake, {over:?}"),
        format!("{elapsed:?}"),
        "1 s + 5 s",
    );
    assert!(elapsed < SETTING + RESERVE);
}

async fn dribbled_handshake(server: &Server, piece: &[u8]) {
    let socket = WebSocket::open(server.address, "/hubs/test").await;
    let mut socket = socket.expect("an upgrade").into_stream();
    is_ended("handshake, dribbled", &mut socket, again(piece)).await;
}

#[tokio::test]
async fn handshakes_that_do_not_come() {
    let server = Server::start(&["--handshake-timeout", "1000"]).await;
    let blank = message_frame(b" ");
    tokio::join!(
        join_all(OVER_EVERYTHING.map(|over| is_refused(&server, over))),
        dribbled_handshake(&server, &blank),
        dribbled_handshake(&server, WEB_SOCKET_PING),
    );
    server.has_recovered().await;
}

/// A client that has pinged, and is expected to go on doing so, sends only these.
async fn is_missed(server: &Server, row: &str, pieces: impl Iterator<Item = Vec<u8>>) {
    let mut client = Client::json(server.address).await;
    client.send(json!({"type": 6})).await;
    let mut socket = client.into_socket().into_stream();
    is_ended(&format!("client, {row}"), &mut socket, pieces).await;
}

#[tokio::test]
async fn clients_that_fall_silent() {
    let server = Server::start(&["--client-timeout", "1000", "--keep-alive", "500"]).await;
    let frame = [LONG_FRAME.to_vec()].into_iter().chain(again(b" "));
    let message = message_frame(b" ");
    tokio::join!(
        is_missed(&server, "silent", silence()),
        is_missed(&server, "WebSocket pings", again(WEB_SOCKET_PING)),
        is_missed(&server, "dribbled frame", frame),
        is_missed(&server, "dribbled message", again(&message)),
    );
    server.has_recovered().await;
}

#[tokio::test]
async fn half_open_peers() {
    const PEERS: usize = 50;
    let times = [
        "--client-timeout",
        "1000",
        "--keep-alive",
        "500",
        "--close-timeout",
        "1000",
    ];
    let server = Server::start(&times).await;
    let mut peers = Vec::new();
    for number in 0..PEERS {
        let transport = match number % 2 {
            0 => Transport::WebSockets,
            _ => Transport::ServerSentEvents,
        };
        let mut client = Client::connect(server.address, (transport, Protocol::Json)).await;
        client.send(json!({"type": 6})).await;
        // Neither read nor closed from here on.
        peers.push(client);
    }
    let start = Instant::now();
    server
        .has_sockets(0, SETTING + Duration::from_secs(8))
        .await;
    figure(
        "half-open peers",
        format!("{:?}", start.elapsed()),
        "1 s + 8 s",
    );
    drop(peers);
    server.has_recovered().await;
}

#[tokio::test]
async fn heads_of_requests() {
    let server = Server::start(&["--head-timeout", "1000"]).await;
    let mut http = Http::connect(server.address).await;
    is_ended("head, none", &mut http.0, silence()).await;
    let mut http = Http::connect(server.address).await;
    let head = [b"GET / HTTP/1.1\r\n".to_vec()];
    let head = head.into_iter().chain(again(b"x: y\r\n"));
    is_ended("head, dribbled", &mut http.0, head).await;
    server.has_recovered().await;
}

/// A body that stalls, or comes too slowly.
async fn is_cut(server: &Server, path: &str, length: &str, piece: &[u8], dribbles: bool) {
    let mut http = Http::connect(server.address).await;
    let head = format!("POST {path} HTTP/1.1\r\nHost: test\r\n{length}\r\n\r\n");
    http.write(head).await;
    let pieces = again(piece).take(if dribbles { usize::MAX } else { 0 });
    let row = format!("body, {length}, dribbled: {dribbles}");
    let said = is_ended(&row, &mut http.0, pieces).await;
    // The reset that a dribbling client runs into may be faster than the answer.
    let answered = said.starts_with(b"HTTP/1.1 400 ");
    assert!(answered || dribbles, "{}", said.escape_ascii());
}

#[tokio::test]
async fn bodies_of_requests() {
    let server = Server::start(&["--body-timeout", "1000"]).await;
    let over = (Transport::LongPolling, Protocol::Json);
    let clients = join_all([over; 4].map(|over| Client::connect(server.address, over))).await;
    let (sized, chunked) = ("Content-Length: 100000", "Transfer-Encoding: chunked");
    tokio::join!(
        is_cut(&server, clients[0].path(), sized, b" ", false),
        is_cut(&server, clients[1].path(), sized, b" ", true),
        is_cut(&server, clients[2].path(), chunked, b"1\r\n \r\n", false),
        is_cut(&server, clients[3].path(), chunked, b"1\r\n \r\n", true),
    );
    server.has_recovered().await;
}

#[tokio::test]
async fn connections_between_two_requests() {
    let server = Server::start(&["--idle-timeout", "1000"]).await;
    let request = b"GET /deployment HTTP/1.1\r\nHost: test\r\n\r\n";
    let mut http = Http::connect(server.address).await;
    http.write(request).await;
    let said = is_ended("idle, silent", &mut http.0, silence()).await;
    assert!(said.starts_with(b"HTTP/1.1 200 "));
    let mut http = Http::connect(server.address).await;
    let second = [request.to_vec(), b"GET / HTTP/1.1\r\n".to_vec()];
    let second = second.into_iter().chain(again(b"x: y\r\n"));
    is_ended("idle, next head dribbled", &mut http.0, second).await;
    server.has_recovered().await;
}

#[tokio::test]
async fn clients_that_do_not_close_their_side() {
    let server = Server::start(&["--close-timeout", "1000"]).await;
    let ping = message_frame(b"{\"type\":6}\x1e");
    // A goodbye, a mistake of the hub protocol's, a goodbye and a mistake of the WebSocket's.
    let lasts = [
        message_frame(b"{\"type\":7}\x1e"),
        message_frame(b"broken\x1e"),
        b"\x88\x80\0\0\0\0".to_vec(),
        b"\xff\xff".to_vec(),
    ];
    let mut dribbling = JoinSet::new();
    for last in &lasts {
        for piece in [&ping, WEB_SOCKET_PING] {
            let client = Client::json(server.address).await;
            let mut socket = client.into_socket().into_stream();
            socket.write_all(last).await.expect("a socket");
            let pieces = again(piece);
            dribbling.spawn(async move {
                for piece in pieces {
                    if socket.write_all(&piece).await.is_err() {
                        break;
                    }
                    sleep(PACE).await;
                }
            });
        }
    }
    let start = Instant::now();
    server.has_sockets(0, SETTING + RESERVE).await;
    figure("close", format!("{:?}", start.elapsed()), "1 s + 5 s");
    dribbling.join_all().await;
    server.has_recovered().await;
}

#[tokio::test]
async fn pollers_that_do_not_come_back() {
    let server = Server::start(&["--disconnect-timeout", "1000"]).await;
    let over = (Transport::LongPolling, Protocol::Json);
    let mut client = Client::connect(server.address, over).await;
    // Its calls end as well: nothing is left that would be busy.
    client.stream("1", "Counter", json!([u32::MAX, 1])).await;
    let start = Instant::now();
    let gone = async {
        while request(server.address, "POST", client.path()).await.status != 404 {
            sleep(PACE).await;
        }
    };
    let in_time = timeout(SETTING + RESERVE, gone).await.is_ok();
    figure(
        "disconnect, poller",
        format!("{:?}", start.elapsed()),
        "1 s + 5 s",
    );
    assert!(in_time);
    server.has_recovered().await;
}
