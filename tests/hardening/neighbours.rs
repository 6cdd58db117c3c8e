//! One client that floods the server beside a hundred that do not: what the hundred notice of it.

use crate::support::{Client, Protocol, Server, figure, message_frame, soon};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

const GOOD: usize = 100;
/// Between an answer and the next call of a good client.
const PAUSE: Duration = Duration::from_millis(50);
/// How long it is watched, with the flood and without it, and how often.
const LASTS: Duration = Duration::from_secs(2);
const ROUNDS: usize = 3;
/// Below this the machine is what is measured: others run on it too.
const NOT_NOTICED: Duration = Duration::from_millis(50);

/// A hundred clients that call now and then.
struct Crowd {
    tasks: JoinSet<()>,
    latencies: Arc<std::sync::Mutex<Vec<Duration>>>,
}

impl Crowd {
    async fn gather(server: SocketAddr) -> Self {
        let (mut tasks, latencies) = (JoinSet::new(), Arc::default());
        for number in 0..GOOD {
            let mut client = Client::json(server).await;
            let latencies: Arc<std::sync::Mutex<Vec<Duration>>> = Arc::clone(&latencies);
            tasks.spawn(async move {
                // So that they do not call all at once.
                sleep(PAUSE * number as u32 / GOOD as u32).await;
                loop {
                    let start = Instant::now();
                    client.answers().await;
                    latencies.lock().unwrap().push(start.elapsed());
                    sleep(PAUSE).await;
                }
            });
        }
        Self { tasks, latencies }
    }

    /// The calls that ended within a while, in the order of how long they took.
    async fn watch(&self) -> Vec<Duration> {
        let taken = || std::mem::take(&mut *self.latencies.lock().unwrap());
        // What is under way belongs to what was before.
        sleep(PAUSE * 4).await;
        drop(taken());
        sleep(LASTS).await;
        let mut latencies = taken();
        latencies.sort_unstable();
        latencies
    }
}

fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

/// Calls as fast as the server takes it, and reads the answers or does not. Gives the bytes that
/// it has sent.
async fn flood(server: SocketAddr, reads: bool, stop: Arc<AtomicBool>) -> usize {
    let stream = Client::json(server).await.into_socket().into_stream();
    let (mut input, mut output) = stream.into_split();
    let call = message_frame(&Protocol::Json.call("1", "Echo", &json!(["x".repeat(100)])));
    let block = call.repeat(64 * 1024 / call.len());
    let sent = Arc::<AtomicUsize>::default();
    let (counted, stopped) = (Arc::clone(&sent), Arc::clone(&stop));
    let writing = tokio::spawn(async move {
        let mut at = 0;
        while !stopped.load(Ordering::Relaxed) {
            // A server that does not read on keeps it from writing, not from stopping.
            let written = timeout(Duration::from_millis(100), output.write(&block[at..])).await;
            match written {
                Ok(Ok(count)) => {
                    at = (at + count) % block.len();
                    counted.fetch_add(count, Ordering::Relaxed);
                }
                Ok(Err(error)) => panic!("it is cut: {error}"),
                Err(_) => {}
            }
        }
    });
    let mut answers = vec![0; 64 * 1024];
    while reads && !stop.load(Ordering::Relaxed) {
        let read = timeout(Duration::from_millis(100), input.read(&mut answers)).await;
        assert!(!matches!(read, Ok(Ok(0) | Err(_))), "it is closed");
    }
    soon(writing).await.expect("it writes or stops");
    sent.load(Ordering::Relaxed) / call.len()
}

/// Watches the crowd while a server is flooded; gives the flood's calls too.
async fn beside_a_flood(crowd: &Crowd, of: SocketAddr, reads: bool) -> (Vec<Duration>, usize) {
    let stop = Arc::<AtomicBool>::default();
    let flood = tokio::spawn(flood(of, reads, Arc::clone(&stop)));
    let latencies = crowd.watch().await;
    stop.store(true, Ordering::Relaxed);
    (latencies, soon(flood).await.expect("a flood"))
}

async fn hardly_notices(row: &str, reads: bool) {
    let server = Server::start(&[]).await;
    // A flood there takes as much of the machine, and nothing of the server that is looked at.
    let another = Server::start(&[]).await;
    let crowd = Crowd::gather(server.address).await;
    let (mut without, mut elsewhere, mut here, mut calls) = (vec![], vec![], vec![], 0);
    for _ in 0..ROUNDS {
        without.push(crowd.watch().await);
        elsewhere.push(beside_a_flood(&crowd, another.address, reads).await.0);
        let (latencies, flooded) = beside_a_flood(&crowd, server.address, reads).await;
        here.push(latencies);
        calls += flooded;
    }
    // The best of each: other programs can only disturb, and a flood is there in every round.
    let best = |rounds: &[Vec<Duration>], percent| {
        let values = rounds.iter().map(|round| percentile(round, percent));
        values.min().expect("rounds")
    };
    let [median, worst] =
        [50, 99].map(|percent| [&without, &elsewhere, &here].map(|rounds| best(rounds, percent)));
    let reached = format!(
        "{:.1?} without, {:.1?} beside a flood of another server, {:.1?} with {calls} calls in {:?} \
         (medians {:.1?}, {:.1?}, {:.1?})",
        worst[0],
        worst[1],
        worst[2],
        LASTS * ROUNDS as u32,
        median[0],
        median[1],
        median[2],
    );
    figure(
        &format!("p99 of {GOOD} good clients beside {row}"),
        reached,
        "twice the p99 without it, or 50 ms",
    );
    assert!(worst[2] <= (2 * worst[0]).max(NOT_NOTICED), "{worst:?}");
    drop(crowd.tasks);
    server.has_recovered().await;
    another.has_recovered().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_hardly_notice_one_that_floods_and_reads() {
    hardly_notices("one that floods and reads", true).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_hardly_notice_one_that_floods_and_does_not_read() {
    hardly_notices("one that floods and does not read", false).await;
}
