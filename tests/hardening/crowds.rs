//! Many clients at once: all of them honest, or a few among those who are not.

use crate::support::{Client, Server, commit_until, figure, soon};
use hub_e2e::ConformanceServer;
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::timeout;

#[tokio::test]
async fn four_hundred_at_once_are_answered() {
    const HERD: usize = 400;
    const LIMIT: Duration = Duration::from_secs(15);
    let server = Server::start(&[]).await;
    let (address, start) = (server.address, Instant::now());
    let mut herd = JoinSet::new();
    for _ in 0..HERD {
        herd.spawn(async move {
            let mut client = Client::json(address).await;
            client.answers().await;
            client
        });
    }
    let clients = timeout(LIMIT, herd.join_all()).await;
    let clients = clients.expect("all are answered in time");
    figure(
        "herd of 400",
        format!("{:?}", start.elapsed()),
        "15 s (goal 2 s)",
    );
    assert_eq!(server.sockets(), HERD);
    drop(clients);
    server.has_recovered().await;
}

#[tokio::test]
async fn running_out_of_descriptors_is_survived() {
    const DESCRIPTORS: u32 = 64;
    // Of a core, while nothing can be accepted.
    const BUSY: f64 = 0.6;
    const LIMIT: Duration = Duration::from_secs(2);
    let program = ConformanceServer::start_with_descriptors(DESCRIPTORS, &[]);
    let server = Server::warm(program).await;
    let mut good = Client::json(server.address).await;
    let mut crowd = Vec::new();
    for _ in 0..2 * DESCRIPTORS {
        crowd.push(
            soon(tokio::net::TcpStream::connect(server.address))
                .await
                .expect("the backlog"),
        );
    }
    while server.process().descriptors() < DESCRIPTORS as usize {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let busy = server.busy(Duration::from_secs(2)).await;
    figure(
        "descriptors exhausted, use of a core",
        format!("{:.0} %", busy * 100.0),
        "60 %",
    );
    assert!(busy < BUSY, "{busy}");
    assert!(server.process().descriptors() >= DESCRIPTORS as usize);
    good.answers().await;
    drop(crowd);
    let start = Instant::now();
    Client::json(server.address).await.answers().await;
    let elapsed = start.elapsed();
    figure(
        "descriptors exhausted, recovered after",
        format!("{elapsed:?}"),
        "2 s",
    );
    assert!(elapsed <= LIMIT);
    drop(good);
    server.has_recovered().await;
}

/// Calls over and over, and gives how long each call took.
async fn latencies(server: SocketAddr, stop: Arc<AtomicBool>) -> Vec<Duration> {
    let mut client = Client::json(server).await;
    let mut latencies = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let start = Instant::now();
        client.invoke("Echo", json!(["a"])).await;
        latencies.push(start.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    client.stop().await;
    latencies
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_clients_do_not_notice_an_attack() {
    const ATTACKERS: usize = 8;
    const HONEST: usize = 4;
    const LASTS: Duration = Duration::from_secs(5);
    let server = Server::start(&["--disconnect-timeout", "2000"]).await;
    let stop = Arc::<AtomicBool>::default();
    let (mut attackers, mut honest) = (JoinSet::new(), JoinSet::new());
    for number in 0..ATTACKERS {
        attackers.spawn(commit_until(server.address, number * 2, Arc::clone(&stop)));
    }
    for _ in 0..HONEST {
        honest.spawn(latencies(server.address, Arc::clone(&stop)));
    }
    tokio::time::sleep(LASTS).await;
    stop.store(true, Ordering::Relaxed);
    let faults: usize = soon(attackers.join_all()).await.into_iter().sum();
    let mut latencies = soon(honest.join_all()).await.concat();
    latencies.sort_unstable();
    let (median, worst) = (
        latencies[latencies.len() / 2],
        latencies[latencies.len() - 1],
    );
    let row = format!("echo beside {faults} faults in 5 s");
    figure(
        &format!("{row}, median of {}", latencies.len()),
        format!("{median:?}"),
        "50 ms",
    );
    figure(&format!("{row}, worst"), format!("{worst:?}"), "1 s");
    assert!(median <= Duration::from_millis(50), "{median:?}");
    assert!(worst <= Duration::from_secs(1), "{worst:?}");
    server.has_recovered().await;
}
