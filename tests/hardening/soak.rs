//! Honest and faulty clients beside each other for a while. Longer by `HUB_SOAK_SECONDS`.

use crate::support::{Client, MIB, OVER_EVERYTHING, Server, commit_until, figure, soon};
use futures_util::future::join_all;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

const HONEST: usize = 24;
const FAULTY: usize = 8;
const GROUPS: usize = 4;
const SECONDS: u64 = 15;
/// Between two rounds of a client, so that the machine is busy but not overrun.
const PAUSE: Duration = Duration::from_millis(20);

/// A client that misses nothing, gets nothing twice and nothing out of order.
struct Honest {
    number: usize,
    client: Client,
    /// The number of the next message from each member of the group.
    expected: HashMap<String, u64>,
    received: u64,
}

impl Honest {
    async fn connect(server: SocketAddr, number: usize) -> Self {
        let over = OVER_EVERYTHING[number % OVER_EVERYTHING.len()];
        let mut client = Client::connect(server, over).await;
        client.invoke("JoinGroup", json!([group(number)])).await;
        Self {
            number,
            client,
            expected: HashMap::new(),
            received: 0,
        }
    }

    /// The next message that is not one of the group's.
    async fn next(&mut self) -> Value {
        loop {
            let message = self.client.next().await.expect("a message");
            if message["target"] != "Receive" {
                return message;
            }
            self.note(&message);
        }
    }

    fn note(&mut self, message: &Value) {
        let text = message["arguments"][0].as_str().expect("a text");
        let (sender, number) = text.split_once(' ').expect("a sender and a number");
        let expected = self.expected.entry(sender.to_owned()).or_default();
        assert_eq!(
            number,
            expected.to_string(),
            "lost, doubled or swapped: {message}"
        );
        *expected += 1;
        self.received += 1;
    }

    /// An echo, a stream and a message to the group. Each answer is that of its own call.
    async fn round(&mut self, number: u64) {
        let text = format!("{} {number}", self.number);
        let id = format!("echo {text}");
        self.client.call(&id, "Echo", json!([text])).await;
        let answer = self.next().await;
        assert_eq!(
            (&answer["invocationId"], &answer["result"]),
            (&json!(id), &json!(text))
        );
        let id = format!("count {text}");
        self.client.stream(&id, "Counter", json!([5, 0])).await;
        for item in 0..5 {
            let next = self.next().await;
            assert_eq!(
                (&next["invocationId"], &next["item"]),
                (&json!(id), &json!(item))
            );
        }
        assert_eq!(self.next().await["type"], 3);
        let id = format!("send {text}");
        let arguments = json!([group(self.number), text]);
        self.client.call(&id, "SendToGroup", arguments).await;
        assert_eq!(self.next().await["invocationId"], json!(id));
    }

    /// Rounds until it is told to stop; then everything that its group was sent has to come. Gives
    /// how much that was.
    async fn run(mut self, soak: Arc<Soak>) -> u64 {
        let mut rounds = 0;
        while !soak.stop.load(Ordering::Relaxed) {
            self.round(rounds).await;
            rounds += 1;
            tokio::time::sleep(PAUSE).await;
        }
        soak.sent[self.number].store(rounds, Ordering::Relaxed);
        soak.all_sent.wait().await;
        let members = (self.number % GROUPS..HONEST).step_by(GROUPS);
        let sent: u64 = members
            .map(|member| soak.sent[member].load(Ordering::Relaxed))
            .sum();
        while self.received < sent {
            let message = soon(self.client.next()).await.expect("a message");
            self.note(&message);
        }
        self.client.answers().await;
        assert_eq!(self.received, sent);
        self.client.stop().await;
        sent
    }
}

/// What the honest clients have to tell each other.
struct Soak {
    stop: Arc<AtomicBool>,
    sent: [AtomicU64; HONEST],
    all_sent: Barrier,
}

fn group(number: usize) -> String {
    format!("group {}", number % GROUPS)
}

fn lasts() -> Duration {
    let seconds = std::env::var("HUB_SOAK_SECONDS").ok();
    let seconds = seconds.map(|seconds| seconds.parse().expect("a number of seconds"));
    Duration::from_secs(seconds.unwrap_or(SECONDS))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_doubled_or_swapped() {
    const GROWTH: usize = 36 * MIB;
    let server = Server::start(&["--disconnect-timeout", "3000"]).await;
    let before = server.process().resident();
    let soak = Arc::new(Soak {
        stop: Arc::default(),
        sent: std::array::from_fn(|_| AtomicU64::new(0)),
        all_sent: Barrier::new(HONEST),
    });
    let (mut honest, mut faulty) = (JoinSet::new(), JoinSet::new());
    // All are there before the first one says something.
    let clients = (0..HONEST).map(|number| Honest::connect(server.address, number));
    for client in join_all(clients).await {
        honest.spawn(client.run(Arc::clone(&soak)));
    }
    for number in 0..FAULTY {
        faulty.spawn(commit_until(
            server.address,
            number * 2,
            Arc::clone(&soak.stop),
        ));
    }
    tokio::time::sleep(lasts()).await;
    soak.stop.store(true, Ordering::Relaxed);
    let committed: usize = soon(faulty.join_all()).await.into_iter().sum();
    let messages: u64 = soon(honest.join_all()).await.into_iter().sum();
    let growth = server.process().peak_resident() - before;
    let row = format!("soak of {:?}", lasts());
    let beside = format!("0 of {messages} beside {committed} faults");
    figure(&format!("{row}: lost, doubled or swapped"), beside, 0);
    figure(
        &format!("{row}: memory"),
        format!("{} KiB", growth / 1024),
        "36 MiB",
    );
    assert!(growth <= GROWTH, "{growth}");
    server.has_recovered().await;
}
