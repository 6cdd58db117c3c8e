//! Clients that do not read. What is held for each of them is bounded, they are cut after a while,
//! and nobody else notices.

use crate::support::{Client, MIB, Protocol, Server, Transport, figure, soon};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const SLOW: usize = 10;
/// What one of them may cost.
const HELD: usize = MIB;
/// SignalR's `TransportSendTimeout`, by default.
const CUT_AFTER: Duration = Duration::from_secs(10);

/// Connects a client that will not read.
async fn slow(server: &Server, transport: Transport) -> Client {
    Client::connect(server.address, (transport, Protocol::Json)).await
}

async fn others_get_every_message(transport: Transport) {
    // More than the system's buffers of a connection hold, and what is held for it besides.
    const MESSAGES: u32 = 300;
    let server = Server::start(&[]).await;
    let mut good = Client::json(server.address).await;
    let mut slow_ones = Vec::new();
    for _ in 0..SLOW {
        slow_ones.push(slow(&server, transport).await);
    }
    let (text, before) = ("x".repeat(30_000), server.process().peak_resident());
    let start = Instant::now();
    for number in 0..MESSAGES {
        let text = format!("{number} {text}");
        good.call("1", "Broadcast", json!([text])).await;
        assert_eq!(
            soon(good.next()).await.expect("the broadcast")["arguments"],
            json!([text])
        );
        assert_eq!(
            good.next().await.expect("the answer")["result"],
            Value::Null
        );
    }
    let each = (server.process().peak_resident() - before) / SLOW;
    let row = format!("slow reader of broadcasts, {transport:?}");
    figure(&row, format!("{} KiB", each / 1024), "1 MiB");
    assert!(each <= HELD, "{each}");
    server.has_sockets(1, CUT_AFTER).await;
    figure(
        &format!("{row}, cut after"),
        format!("{:?}", start.elapsed()),
        "10 s",
    );
    good.answers().await;
    drop((good, slow_ones));
    server.has_recovered().await;
}

#[tokio::test]
async fn others_get_every_message_beside_slow_web_sockets() {
    others_get_every_message(Transport::WebSockets).await;
}

#[tokio::test]
async fn others_get_every_message_beside_slow_event_streams() {
    others_get_every_message(Transport::ServerSentEvents).await;
}

#[tokio::test]
async fn others_get_every_message_beside_clients_that_do_not_poll() {
    others_get_every_message(Transport::LongPolling).await;
}

/// Messages that no two clients share, until each client has been cut.
async fn little_is_held(transport: Transport) {
    const FEW: usize = 3;
    let server = Server::start(&[]).await;
    let mut good = Client::json(server.address).await;
    let mut slow_ones = Vec::new();
    for number in 0..FEW {
        let mut client = slow(&server, transport).await;
        client
            .invoke("JoinGroup", json!([number.to_string()]))
            .await;
        slow_ones.push(client);
    }
    let (text, before) = ("x".repeat(30_000), server.process().peak_resident());
    let mut rounds = 0;
    // A client that does not poll has no socket either, but is cut when it is behind as the others.
    while server.sockets() > 1 || rounds < 2 * HELD / text.len() {
        for group in 0..FEW {
            good.invoke("SendToGroup", json!([group.to_string(), text]))
                .await;
        }
        rounds += 1;
        assert!(rounds < 1000, "nobody was cut");
    }
    let each = (server.process().peak_resident() - before) / FEW;
    let row = format!("slow reader of its own messages, {transport:?}");
    figure(&row, format!("{} KiB", each / 1024), "1 MiB");
    assert!(each <= HELD, "{each}");
    drop((good, slow_ones));
    server.has_recovered().await;
}

#[tokio::test]
async fn little_is_held_for_slow_web_sockets() {
    little_is_held(Transport::WebSockets).await;
}

#[tokio::test]
async fn little_is_held_for_slow_event_streams() {
    little_is_held(Transport::ServerSentEvents).await;
}

#[tokio::test]
async fn little_is_held_for_clients_that_do_not_poll() {
    little_is_held(Transport::LongPolling).await;
}

/// Each slow client has a stream of its own, which has no end.
async fn an_unread_stream_waits(transport: Transport, cut_after: Duration) {
    let timeout = cut_after.as_millis().to_string();
    let server = Server::start(&["--send-timeout", &timeout]).await;
    let (mut slow_ones, before) = (Vec::new(), server.process().peak_resident());
    for _ in 0..SLOW {
        let mut client = slow(&server, transport).await;
        client.stream("1", "Counter", json!([u32::MAX, 0])).await;
        slow_ones.push(client);
    }
    // As soon as nothing drains any more, there is nothing to do either.
    server.is_idle().await;
    let start = Instant::now();
    server.has_sockets(0, cut_after).await;
    let each = (server.process().peak_resident() - before) / SLOW;
    let row = format!("slow reader of a stream, {transport:?}");
    figure(&row, format!("{} KiB", each / 1024), "1 MiB");
    figure(
        &format!("{row}, cut after"),
        format!("{:?}", start.elapsed()),
        format!("{cut_after:?}"),
    );
    assert!(each <= HELD, "{each}");
    drop(slow_ones);
    server.has_recovered().await;
}

#[tokio::test]
async fn an_unread_stream_waits_over_web_sockets() {
    an_unread_stream_waits(Transport::WebSockets, CUT_AFTER).await;
}

#[tokio::test]
async fn an_unread_stream_waits_over_event_streams() {
    an_unread_stream_waits(Transport::ServerSentEvents, Duration::from_secs(3)).await;
}
