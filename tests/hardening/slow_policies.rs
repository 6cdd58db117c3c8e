//! What becomes of clients that never read, by transport and by policy: little is held for them,
//! others get every message, and the log says why they miss some.

use crate::support::{Client, Log, MIB, Protocol, Server, Transport, figure, soon};
use serde_json::json;
use std::time::{Duration, Instant};

const SLOW: usize = 10;
/// What one of them may cost.
const HELD: usize = MIB;
/// More than the system's buffers of a connection hold, and what is held for it besides.
const MESSAGES: u32 = 300;
/// A client that takes nothing for so long is cut, whatever the policy.
const CUT_AFTER: Duration = Duration::from_secs(3);

/// The policies that drop messages.
const DROPPING: [&str; 3] = ["drop-oldest", "drop-newest", "replace"];

async fn check(transport: Transport, policy: &str) {
    let log = Log::new(&format!("slow-{policy}-{transport:?}"));
    let timeout = CUT_AFTER.as_millis().to_string();
    let arguments = ["--slow-client", policy, "--send-timeout", &timeout];
    let server = Server::start(&[&arguments[..], &log.argument()].concat()).await;
    let mut good = Client::json(server.address).await;
    let mut slow_ones = Vec::new();
    for _ in 0..SLOW {
        let over = (transport, Protocol::Json);
        slow_ones.push(Client::connect(server.address, over).await);
    }
    let (text, before) = ("x".repeat(30_000), server.process().peak_resident());
    let start = Instant::now();
    for number in 0..MESSAGES {
        let text = format!("{number} {text}");
        good.call("1", "Broadcast", json!([text])).await;
        let event = soon(good.next()).await.expect("the broadcast");
        assert_eq!(event["arguments"], json!([text]), "others miss nothing");
        let answer = good.next().await.expect("the answer");
        assert_eq!(answer["type"], 3, "{answer}");
    }
    let took = start.elapsed();
    let each = (server.process().peak_resident() - before) / SLOW;
    log.has(SLOW, |line| {
        line.contains("the client did not read what was sent to it")
    })
    .await;
    let row = format!("a client that never reads, {transport:?}, {policy}");
    let name = policy.replace('-', "_");
    let dropped = log.sum(
        "messages were dropped",
        &format!("policy=\"{name}\""),
        "count=",
    );
    let reached = format!(
        "{} KiB, {dropped} dropped of {}, others' {MESSAGES} took {took:.1?}",
        each / 1024,
        SLOW * MESSAGES as usize,
    );
    figure(&row, reached, "1 MiB, and others miss nothing");
    assert!(each <= HELD, "{each}");
    let told = log.count("messages to it are dropped");
    if DROPPING.contains(&policy) {
        assert_eq!(told, SLOW, "the log says so of each");
        assert!(dropped >= SLOW as u64, "{dropped}");
        let cut = log.count("limit=\"transport_send_timeout\"");
        assert_eq!(cut, SLOW, "which ends it");
    } else {
        assert_eq!((told, dropped), (0, 0));
        let behind = log.count("limit=\"maximum_pending_bytes\"");
        assert_eq!(behind, SLOW, "which ends it");
    }
    good.answers().await;
    drop((good, slow_ones));
    server.has_recovered().await;
}

macro_rules! by_transport_and_policy {
    ($($name:ident: $transport:ident, $policy:literal;)*) => { $(
        #[tokio::test]
        async fn $name() {
            check(Transport::$transport, $policy).await;
        }
    )* };
}

by_transport_and_policy! {
    web_sockets_are_closed: WebSockets, "close";
    web_sockets_miss_the_oldest: WebSockets, "drop-oldest";
    web_sockets_miss_the_newest: WebSockets, "drop-newest";
    web_sockets_miss_what_is_out_of_date: WebSockets, "replace";
    event_streams_are_closed: ServerSentEvents, "close";
    event_streams_miss_the_oldest: ServerSentEvents, "drop-oldest";
    event_streams_miss_the_newest: ServerSentEvents, "drop-newest";
    event_streams_miss_what_is_out_of_date: ServerSentEvents, "replace";
    clients_that_do_not_poll_are_closed: LongPolling, "close";
    clients_that_do_not_poll_miss_the_oldest: LongPolling, "drop-oldest";
    clients_that_do_not_poll_miss_the_newest: LongPolling, "drop-newest";
    clients_that_do_not_poll_miss_what_is_out_of_date: LongPolling, "replace";
}
