//! `hub_runtime::serve` as clients see it, good ones and bad ones.

#![cfg(feature = "server")]

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, State};
use axum::routing::{get, post};
use hub_runtime::Serve;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// For what must not take long, but may on a busy machine.
const SOON: Duration = Duration::from_secs(10);
/// A deadline under test.
const SHORT: Duration = Duration::from_millis(100);

/// A request that runs until it is let go.
#[derive(Default)]
struct Slow {
    begun: Notify,
    go_on: Notify,
}

struct Server {
    address: SocketAddr,
    slow: Arc<Slow>,
    stop: oneshot::Sender<()>,
    done: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(configure: impl FnOnce(Serve) -> Serve) -> Self {
        async fn run_slow(State(slow): State<Arc<Slow>>) -> &'static str {
            slow.begun.notify_one();
            slow.go_on.notified().await;
            "at last"
        }
        async fn peer(ConnectInfo(peer): ConnectInfo<SocketAddr>) -> String {
            peer.to_string()
        }
        let slow = Arc::new(Slow::default());
        let app = Router::new()
            .route("/", get(|| async { "Hello" }))
            .route("/peer", get(peer))
            .route(
                "/length",
                post(|body: Bytes| async move { body.len().to_string() }),
            )
            .route("/slow", get(run_slow))
            .with_state(Arc::clone(&slow));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let server = configure(hub_runtime::serve(listener, app));
        let server = server.with_graceful_shutdown(async { drop(stopped.await) });
        Self {
            address,
            slow,
            stop,
            done: tokio::spawn(server.into_future()),
        }
    }

    async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    async fn stop(self) {
        self.stop.send(()).unwrap();
        ended(self.done).await;
    }
}

async fn ended(server: JoinHandle<std::io::Result<()>>) {
    timeout(SOON, server)
        .await
        .expect("in time")
        .unwrap()
        .unwrap();
}

struct Client(TcpStream);

impl Client {
    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    async fn get(&mut self, path: &str) -> String {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n"))
            .await;
        self.response().await
    }

    /// One response whose head names its length: status and body, as in `200 Hello`.
    async fn response(&mut self) -> String {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            head.push(char::from(self.0.read_u8().await.unwrap()));
        }
        let length = head
            .split("content-length: ")
            .nth(1)
            .unwrap()
            .split('\r')
            .next()
            .unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        self.0.read_exact(&mut body).await.unwrap();
        format!("{} {}", &head[9..12], String::from_utf8(body).unwrap())
    }

    /// Waits until the server closes, and returns what it had to say before.
    async fn end(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset is an end as well: something sent was not read.
        let _ = timeout(SOON, self.0.read_to_end(&mut rest))
            .await
            .expect("in time");
        rest
    }

    /// Sends over and over, faster than the deadline under test, until the server ends the
    /// connection. Returns what it said, and how long that took.
    async fn dribble(mut self, bytes: &[u8]) -> (Vec<u8>, Duration) {
        let start = Instant::now();
        let (mut read, mut write) = self.0.split();
        let mut rest = Vec::new();
        let sending = async {
            let mut pace = tokio::time::interval(SHORT / 20);
            while write.write_all(bytes).await.is_ok() {
                pace.tick().await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            end = timeout(SOON, read.read_to_end(&mut rest)) => drop(end.expect("in time")),
            () = sending => {}
        }
        (rest, start.elapsed())
    }
}

#[tokio::test]
async fn serves() {
    let server = Server::start(|server| server).await;
    let mut client = server.connect().await;
    assert_eq!(client.get("/").await, "200 Hello");
    assert_eq!(client.get("/nowhere").await, "404 ");
    client
        .send("POST /length HTTP/1.1\r\nhost: localhost\r\ncontent-length: 3\r\n\r\nabc")
        .await;
    assert_eq!(client.response().await, "200 3");
    let me = client.0.local_addr().unwrap();
    assert_eq!(client.get("/peer").await, format!("200 {me}"));
    server.stop().await;
}

#[tokio::test]
async fn slow_heads_are_cut() {
    let server = Server::start(|server| server.header_read_timeout(SHORT)).await;
    for begin in [
        "",
        "G",
        "GET / HTTP/1.1\r\nhost: localhost\r\n",
        "PRI * HTTP/2.0\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let mut client = server.connect().await;
        client.send(begin).await;
        let rest = client.end().await;
        assert!(!rest.starts_with(b"HTTP/1.1 200"), "{begin:?}");
    }
    let mut client = server.connect().await;
    client.send("GET / HTTP/1.1\r\n").await;
    let (_, lasted) = client.dribble(b"x: y\r\n").await;
    assert!(lasted >= SHORT, "{lasted:?}");
    server.stop().await;
}

#[tokio::test]
async fn dribbled_bodies_are_cut() {
    let server = Server::start(|server| server.request_body_timeout(SHORT)).await;
    for head in ["content-length: 100000", "transfer-encoding: chunked"] {
        let mut client = server.connect().await;
        client
            .send(format!(
                "POST /length HTTP/1.1\r\nhost: localhost\r\n{head}\r\n\r\n"
            ))
            .await;
        let (response, lasted) = client.dribble(b"1\r\nx\r\n").await;
        // The response may be lost to the reset that a dribbling client runs into.
        let refused = response.is_empty() || response.starts_with(b"HTTP/1.1 400 ");
        assert!(refused, "{}", response.escape_ascii());
        assert!(lasted >= SHORT, "{lasted:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn stalled_bodies_are_answered_and_cut() {
    let server = Server::start(|server| server.request_body_timeout(SHORT)).await;
    let mut client = server.connect().await;
    client
        .send("POST /length HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100000\r\n\r\nabc")
        .await;
    let response = client.end().await;
    assert!(
        response.starts_with(b"HTTP/1.1 400 "),
        "{}",
        response.escape_ascii()
    );
    server.stop().await;
}

#[tokio::test]
async fn idle_connections_are_closed() {
    let server = Server::start(|server| server.keep_alive_timeout(SHORT)).await;
    let mut client = server.connect().await;
    assert_eq!(client.get("/").await, "200 Hello");
    assert_eq!(client.end().await, b"");
    server.stop().await;
}

#[tokio::test]
async fn long_requests_are_not_idle() {
    let short = |server: Serve| server.keep_alive_timeout(SHORT).header_read_timeout(SHORT);
    let server = Server::start(short).await;
    let mut client = server.connect().await;
    client
        .send("GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    server.slow.begun.notified().await;
    // The deadline of another connection, which began later, is over before this request is let go.
    server.connect().await.end().await;
    server.slow.go_on.notify_one();
    assert_eq!(client.response().await, "200 at last");
    server.stop().await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait() {
    let server = Server::start(|server| server.max_connections(2)).await;
    let mut one = server.connect().await;
    let mut two = server.connect().await;
    assert_eq!(one.get("/").await, "200 Hello");
    assert_eq!(two.get("/").await, "200 Hello");
    let mut three = server.connect().await;
    three
        .send("GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    server.slow.go_on.notify_one();
    // The server has had many turns by then, in which it could have accepted the third.
    for _ in 0..100 {
        assert_eq!(one.get("/").await, "200 Hello");
    }
    assert!(futures_util::FutureExt::now_or_never(server.slow.begun.notified()).is_none());
    drop(two);
    assert_eq!(three.response().await, "200 at last");
    server.stop().await;
}

#[tokio::test]
async fn shutdown_waits_for_requests_but_not_for_idle_connections() {
    let server = Server::start(|server| server.drain_timeout(Duration::MAX)).await;
    let mut silent = server.connect().await;
    let mut begun = server.connect().await;
    begun.send("GET / HT").await;
    let mut idle = server.connect().await;
    assert_eq!(idle.get("/").await, "200 Hello");
    let mut busy = server.connect().await;
    busy.send("GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    server.slow.begun.notified().await;
    server.stop.send(()).unwrap();
    for client in [&mut silent, &mut begun, &mut idle] {
        assert_eq!(client.end().await, b"");
    }
    assert!(
        TcpStream::connect(server.address).await.is_err(),
        "still listening"
    );
    assert!(!server.done.is_finished());
    server.slow.go_on.notify_one();
    assert_eq!(busy.response().await, "200 at last");
    assert_eq!(busy.end().await, b"");
    ended(server.done).await;
}

#[tokio::test]
async fn shutdown_aborts_what_takes_too_long() {
    let server = Server::start(|server| server.drain_timeout(SHORT)).await;
    let mut busy = server.connect().await;
    busy.send("GET /slow HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await;
    server.slow.begun.notified().await;
    server.stop().await;
    assert_eq!(busy.end().await, b"");
}

/// Spoken by hand: the frames are few.
mod http2 {
    use super::*;

    const DATA: u8 = 0;
    const HEADERS: u8 = 1;
    const RST_STREAM: u8 = 3;
    const SETTINGS: u8 = 4;
    const PING: u8 = 6;
    const GOAWAY: u8 = 7;
    const CONTINUATION: u8 = 9;

    fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let mut frame = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend(payload);
        frame
    }

    /// A whole GET request: method and scheme from HPACK's static table, path and authority in
    /// plain text.
    fn get(stream: u32, path: &str) -> Vec<u8> {
        let mut block = vec![0x82, 0x86, 0x04, u8::try_from(path.len()).unwrap()];
        block.extend(path.as_bytes());
        block.extend(b"\x01\x09localhost");
        frame(HEADERS, 0x05, stream, &block)
    }

    async fn connect(server: &Server) -> Client {
        let mut client = server.connect().await;
        client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
        client.send(frame(SETTINGS, 0, 0, b"")).await;
        client
    }

    /// The payload of the next frame of a kind.
    async fn next(client: &mut Client, kind: u8) -> Vec<u8> {
        loop {
            let mut head = [0; 9];
            client.0.read_exact(&mut head).await.unwrap();
            let mut payload = vec![0; u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize];
            client.0.read_exact(&mut payload).await.unwrap();
            if head[3] == kind {
                return payload;
            }
        }
    }

    /// The first field of a response, `:status: 200` in the static table.
    const OK: u8 = 0x88;

    #[tokio::test]
    async fn serves() {
        let server = Server::start(|server| server).await;
        let mut client = connect(&server).await;
        client.send(get(1, "/")).await;
        assert_eq!(next(&mut client, HEADERS).await[0], OK);
        server.stop().await;
    }

    #[tokio::test]
    async fn idle_connections_are_closed() {
        let server = Server::start(|server| server.keep_alive_timeout(SHORT)).await;
        let mut client = connect(&server).await;
        client.send(get(1, "/")).await;
        next(&mut client, GOAWAY).await;
        client.end().await;
        server.stop().await;
    }

    #[tokio::test]
    async fn shutdown_waits_for_requests() {
        let server = Server::start(|server| server.drain_timeout(Duration::MAX)).await;
        let mut client = connect(&server).await;
        client.send(get(1, "/slow")).await;
        server.slow.begun.notified().await;
        server.stop.send(()).unwrap();
        next(&mut client, GOAWAY).await;
        server.slow.go_on.notify_one();
        assert_eq!(next(&mut client, HEADERS).await[0], OK);
        client.end().await;
        ended(server.done).await;
    }

    /// A flood that the server ends the connection for, although it is read from.
    async fn check_ended(flood: &[u8]) {
        let server = Server::start(|server| server).await;
        let mut client = connect(&server).await;
        let (mut read, mut write) = client.0.split();
        let mut seen = Vec::new();
        let flooded = async { tokio::join!(write.write_all(flood), read.read_to_end(&mut seen)) };
        // How writing and reading end depends on who is quicker, but they do.
        assert!(
            timeout(SOON, flooded).await.is_ok(),
            "the connection goes on"
        );
        server.stop().await;
    }

    #[tokio::test]
    async fn rapid_resets_end_the_connection() {
        let mut flood = Vec::new();
        for stream in (1..20_000).step_by(2) {
            flood.extend(get(stream, "/slow"));
            flood.extend(frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]));
        }
        check_ended(&flood).await;
    }

    #[tokio::test]
    async fn heads_without_end_end_the_connection() {
        // GET of http, and then a field of one character again and again.
        let mut flood = frame(HEADERS, 0x01, 1, &[0x82, 0x86, 0x84]);
        for _ in 0..10_000 {
            flood.extend(frame(CONTINUATION, 0, 1, &[0, 1, b'x', 1, b'y']));
        }
        check_ended(&flood).await;
    }

    #[tokio::test]
    async fn data_without_data_ends_the_connection() {
        let mut flood = get(1, "/slow");
        // The method is POST, and the body is to follow.
        flood[4] = 0x04;
        flood[9] = 0x83;
        for _ in 0..10_000 {
            flood.extend(frame(DATA, 0, 1, b""));
        }
        check_ended(&flood).await;
    }

    /// Floods without reading the answers, until the server reads no more either.
    async fn check_stalled(flood: &[u8]) {
        // More than the kernel keeps for the two of them.
        const ENOUGH: usize = 32 * 1024 * 1024;
        let server = Server::start(|server| server).await;
        let mut client = connect(&server).await;
        let mut sent = 0;
        while timeout(SHORT * 10, client.send(flood)).await.is_ok() {
            sent += flood.len();
            assert!(sent < ENOUGH, "the server keeps all answers");
        }
        drop(client);
        server.stop().await;
    }

    #[tokio::test]
    async fn unread_answers_to_settings_stop_the_reading() {
        check_stalled(&frame(SETTINGS, 0, 0, &[0, 4, 0, 1, 0, 0]).repeat(1000)).await;
    }

    #[tokio::test]
    async fn unread_answers_to_pings_stop_the_reading() {
        check_stalled(&frame(PING, 0, 0, &[1; 8]).repeat(1000)).await;
    }
}

/// Runs in a process of its own, which has few descriptors.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn survives_running_out_of_descriptors() {
    const CHILD: &str = "HUB_RUNTIME_TEST_FEW_DESCRIPTORS";
    const TOO_MANY_OPEN_FILES: i32 = 24;
    if std::env::var_os(CHILD).is_none() {
        let child = std::process::Command::new("sh")
            .args([
                "-c",
                "ulimit -n 64 && exec \"$0\" --exact survives_running_out_of_descriptors",
            ])
            .arg(std::env::current_exe().unwrap())
            .env(CHILD, "1")
            .output()
            .unwrap();
        assert!(
            child.status.success(),
            "{}",
            String::from_utf8_lossy(&child.stdout)
        );
        return;
    }
    let stat = std::fs::File::open("/proc/self/stat").unwrap();
    let mut spare: Vec<_> = (0..8)
        .map(|_| std::fs::File::open("/dev/null").unwrap())
        .collect();
    let server = Server::start(|server| server).await;
    let mut clients = Vec::new();
    let failure = loop {
        match TcpStream::connect(server.address).await {
            Ok(stream) => clients.push(Client(stream)),
            Err(error) => break error,
        }
    };
    assert_eq!(
        failure.raw_os_error(),
        Some(TOO_MANY_OPEN_FILES),
        "{failure}"
    );
    // With the last descriptor as its own, a client stays in the backlog: the server has none for
    // it. A spare one may go to the server, which has others to accept.
    let mut last = loop {
        spare
            .pop()
            .expect("the server accepts no more than there are");
        if let Ok(stream) = TcpStream::connect(server.address).await {
            break Client(stream);
        }
    };
    last.send("GET / HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    let before = cpu_ticks(&stat);
    let accepted = timeout(Duration::from_secs(1), last.0.readable()).await;
    assert!(accepted.is_err(), "there was a descriptor left");
    // A second has 100 ticks.
    assert!(cpu_ticks(&stat) - before < 30, "it spins");
    clients.truncate(clients.len() / 2);
    let answer = timeout(Duration::from_secs(2), last.response()).await;
    assert_eq!(answer.expect("in time"), "200 Hello");
    server.stop().await;
}

/// What this process has used so far, in user and system mode.
#[cfg(target_os = "linux")]
fn cpu_ticks(stat: &std::fs::File) -> u64 {
    let mut text = [0; 1024];
    let length = std::os::unix::fs::FileExt::read_at(stat, &mut text, 0).unwrap();
    let text = str::from_utf8(&text[..length]).unwrap();
    text.split(' ')
        .skip(13)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().unwrap())
        .sum()
}
