//! Two servers behind a round-robin proxy that are restarted one after the other: every client comes
//! back, by itself and for the right reason, and the server that stays is not stampeded.
//!
//! `HUB_ROLLING_CLIENTS=10000` takes more clients than the 1000 that a test run has time for.

use crate::support::{PATIENCE, Protocol, WebSocket, figure, message_frame};
use futures_util::future::join_all;
use hub_e2e::{ConformanceServer, Proxy};
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// How long clients wait before each attempt to come back: what the official ones do by default.
const DELAYS: [Duration; 4] = [
    Duration::ZERO,
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(30),
];
/// Connections of one proxy, each of which is two descriptors there.
const PER_PROXY: usize = 5000;

fn number_of_clients() -> usize {
    let number = std::env::var("HUB_ROLLING_CLIENTS").ok();
    number.map_or(1000, |number| number.parse().expect("a number of clients"))
}

/// What all clients have in common.
struct Crowd {
    /// Of those who are connected.
    present: AtomicUsize,
    /// Attempts at the first connections that are made at once.
    opening: Semaphore,
    stop: watch::Sender<bool>,
}

/// What one client has seen.
#[derive(Default)]
struct Seen {
    /// When it tried to come back.
    attempts: Vec<Instant>,
    /// How long it was without a connection, each time.
    away: Vec<Duration>,
    /// Ends for another reason than a shutdown.
    wrong: Vec<String>,
}

impl Crowd {
    /// A client that comes back whenever it is told to.
    async fn client(self: Arc<Self>, proxy: SocketAddr) -> Seen {
        let mut seen = Seen::default();
        let mut stop = self.stop.subscribe();
        let turn = self.opening.acquire().await;
        let mut socket = connect(proxy).await.expect("a connection");
        drop(turn);
        loop {
            self.present.fetch_add(1, Ordering::Relaxed);
            let end = tokio::select! {
                end = last(&mut socket) => end,
                _ = stop.wait_for(|stop| *stop) => return seen,
            };
            self.present.fetch_sub(1, Ordering::Relaxed);
            drop(socket);
            if end != Some(json!({"type": 7, "allowReconnect": true})) {
                seen.wrong.push(format!("{end:?}"));
            }
            let Some(next) = come_back(proxy, &mut seen).await else {
                seen.wrong.push("no way back".to_owned());
                return seen;
            };
            socket = next;
        }
    }

    /// Waits until all are there.
    async fn complete(&self, expected: usize) {
        let start = Instant::now();
        while self.present.load(Ordering::Relaxed) < expected {
            let present = self.present.load(Ordering::Relaxed);
            assert!(
                start.elapsed() < 6 * PATIENCE,
                "{present} of {expected} clients are there"
            );
            sleep(Duration::from_millis(10)).await;
        }
    }
}

async fn come_back(proxy: SocketAddr, seen: &mut Seen) -> Option<WebSocket> {
    let start = Instant::now();
    for delay in DELAYS {
        sleep(delay).await;
        seen.attempts.push(Instant::now());
        if let Some(socket) = connect(proxy).await {
            seen.away.push(start.elapsed());
            return Some(socket);
        }
    }
    None
}

/// Connects without a negotiation, since the proxy would give it to one server and the WebSocket to
/// the other.
async fn connect(proxy: SocketAddr) -> Option<WebSocket> {
    let mut socket = WebSocket::open(proxy, "/hubs/test").await.ok()?;
    socket
        .write(&message_frame(Protocol::Json.handshake().as_bytes()))
        .await;
    let answer = socket.read().await?;
    (answer.payload == b"{}\x1e").then_some(socket)
}

/// Reads to the end, and gives the last hub message that is no ping.
async fn last(socket: &mut WebSocket) -> Option<Value> {
    let mut last = None;
    while let Some(frame) = socket.read().await {
        if frame.opcode == crate::support::CLOSE {
            break;
        }
        last = Protocol::Json.read(&frame.payload).pop().or(last);
        if last.as_ref().is_some_and(|last| last["type"] == 6) {
            last = None;
        }
    }
    last
}

/// Servers of the same hub, each at an address of its own that it keeps when it is restarted.
struct Servers {
    running: [ConformanceServer; 2],
    addresses: [SocketAddr; 2],
    window: String,
}

impl Servers {
    fn start(window: Duration) -> Self {
        // Not 127.0.0.1, whose ports others may take while one of them is away.
        let addresses = ["127.0.0.2:0", "127.0.0.3:0"].map(|address| {
            let listener = TcpListener::bind(address).expect("a free port");
            listener.local_addr().expect("an address")
        });
        let window = window.as_millis().to_string();
        Self {
            running: addresses.map(|address| run(address, &window)),
            addresses,
            window,
        }
    }

    /// Ends one as a service manager does, and starts it anew.
    async fn restart(&mut self, number: usize, limit: Duration) -> Duration {
        let (server, start) = (&mut self.running[number], Instant::now());
        server.terminate();
        let end = loop {
            if let Some(end) = server.end() {
                break end;
            }
            assert!(start.elapsed() < limit, "it still runs after {limit:?}");
            sleep(Duration::from_millis(10)).await;
        };
        assert!(end.success(), "{end}");
        let elapsed = start.elapsed();
        *server = run(self.addresses[number], &self.window);
        elapsed
    }
}

fn run(address: SocketAddr, window: &str) -> ConformanceServer {
    let address = address.to_string();
    ConformanceServer::start(&["--listen", &address, "--drain-window", window])
}

/// The most of these within any time of this length.
fn most(times: &[Instant], within: Duration) -> usize {
    let mut most = 0;
    let mut first = 0;
    for (number, time) in times.iter().enumerate() {
        while *time - times[first] > within {
            first += 1;
        }
        most = most.max(number + 1 - first);
    }
    most
}

/// Restarts both servers, and gives how many clients there are and how many of them came back in the
/// busiest second.
async fn rolling_restart(window: Duration) -> (usize, usize) {
    // The drain timeout, and a process that has to start.
    let limit = window + Duration::from_secs(11);
    let count = number_of_clients();
    let mut servers = Servers::start(window);
    let proxies: Vec<_> = (0..count.div_ceil(PER_PROXY))
        .map(|_| Proxy::start(&servers.addresses))
        .collect();
    let crowd = Arc::new(Crowd {
        present: AtomicUsize::new(0),
        opening: Semaphore::new(64),
        stop: watch::Sender::new(false),
    });
    let mut clients = JoinSet::new();
    for number in 0..count {
        let proxy = proxies[number % proxies.len()].address();
        clients.spawn(Arc::clone(&crowd).client(proxy));
    }
    crowd.complete(count).await;
    let row = format!("rolling restart of {count} clients, window of {window:?}");
    for number in 0..2 {
        let start = Instant::now();
        let ended = servers.restart(number, limit).await;
        crowd.complete(count).await;
        let back = start.elapsed();
        figure(
            &format!("{row}: server {number}"),
            format!("ended after {ended:.1?}, all back after {back:.1?}"),
            format!("{limit:?}"),
        );
    }
    crowd.stop.send_replace(true);
    let seen = timeout(PATIENCE, clients.join_all()).await.expect("an end");
    let wrong: Vec<_> = seen.iter().flat_map(|seen| &seen.wrong).collect();
    assert!(wrong.is_empty(), "{} ends: {:?}", wrong.len(), wrong[0]);
    report(&row, &seen)
}

fn report(row: &str, seen: &[Seen]) -> (usize, usize) {
    let mut attempts: Vec<_> = seen.iter().flat_map(|it| it.attempts.clone()).collect();
    attempts.sort_unstable();
    let away: Vec<_> = seen.iter().flat_map(|it| it.away.clone()).collect();
    let longest = away.iter().max().copied().unwrap_or_default();
    let (second, moment) = (
        most(&attempts, Duration::from_secs(1)),
        most(&attempts, Duration::from_millis(100)),
    );
    figure(
        &format!("{row}: told a wrong reason, lost"),
        format!("0 in {} ends", away.len()),
        0,
    );
    figure(
        &format!("{row}: connects at the other server"),
        format!("at most {second} in 1 s, {moment} in 100 ms"),
        "measured",
    );
    figure(
        &format!("{row}: away"),
        format!("{longest:?} at most"),
        "measured",
    );
    (seen.len(), second)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_come_back_a_few_at_a_time() {
    // Of all clients, which the second restart makes come back.
    const PER_SECOND: u32 = 200;
    let window = Duration::from_secs(1) * number_of_clients() as u32 / PER_SECOND;
    let (clients, most) = rolling_restart(window).await;
    // Three times as many, since the machine may have more to do.
    let limit = clients.min(3 * PER_SECOND as usize);
    assert!(most < limit, "{most} of {clients} in one second");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_come_back_at_once_without_a_window() {
    rolling_restart(Duration::ZERO).await;
}

#[tokio::test]
async fn the_servers_share_the_clients() {
    let servers = Servers::start(Duration::ZERO);
    let proxy = Proxy::start(&servers.addresses);
    let before = servers
        .running
        .each_ref()
        .map(|it| it.process().descriptors());
    let clients = join_all((0..10).map(|_| connect(proxy.address()))).await;
    assert!(clients.iter().all(Option::is_some));
    let after = servers
        .running
        .each_ref()
        .map(|it| it.process().descriptors());
    assert_eq!([after[0] - before[0], after[1] - before[1]], [5, 5]);
}
