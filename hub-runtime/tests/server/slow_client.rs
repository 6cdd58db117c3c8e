use crate::client::{Client, message};
use crate::hub::{Noticed, Server};
use axum::Router;
use hub_runtime::prelude::*;
use hub_runtime::{HubOptions, HubsBuilder, SlowClient};
use serde_json::json;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

#[tokio::test]
async fn a_client_that_does_not_read_is_given_up_and_others_get_every_message() {
    let mut server = Server::start().await;
    let mut good = Client::json(&server).await;
    // Not even the kernel's buffers are read; kept so that the socket stays open.
    let _slow = Client::json(&server).await.into_stream();
    assert_eq!(server.noticed().await, Noticed::Connected);
    assert_eq!(server.noticed().await, Noticed::Connected);
    let text = "x".repeat(30_000);
    let mut sent = 0;
    // As many as it takes: how much a kernel buffers is its own business.
    while !server.has_given_up_a_slow_client() {
        good.call(&sent.to_string(), "Broadcast", json!([text]))
            .await;
        let event = good.next().await.expect("the broadcast");
        assert_eq!(event["arguments"][0].as_str().map(str::len), Some(30_000));
        assert_eq!(
            good.next().await.expect("the answer")["invocationId"],
            sent.to_string()
        );
        sent += 1;
        assert!(sent < 10_000, "nobody gave the slow client up");
    }
    assert_eq!(
        good.invoke("Echo", json!(["alive"])).await["result"],
        "alive"
    );
}

/// The most memory that this process has held so far, in KiB.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("a process file system");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let figure = line.and_then(|line| line.split_whitespace().next());
    figure.expect("a peak").parse().expect("a number")
}

#[tokio::test]
async fn fifty_thousand_unread_calls_are_bounded_and_their_client_is_cut() {
    let timeout = Duration::from_millis(200);
    let mut server = Server::with(|options| options.transport_send_timeout = timeout).await;
    let mut flood = Client::json(&server).await.into_stream();
    let text = "x".repeat(1000);
    let call =
        message(&json!({"type": 1, "invocationId": "1", "target": "Echo", "arguments": [text]}));
    let before = peak_memory();
    let writer = tokio::spawn(async move {
        for _ in 0..50_000 {
            // The server cuts the connection some time.
            flood.write_all(&call).await?;
        }
        std::io::Result::Ok(())
    });
    server
        .expect_disconnect(DisconnectReason::SlowConsumer)
        .await;
    // All 50 000 would be 50 MB on either side.
    assert!(peak_memory() - before < 16 * 1024);
    assert!(writer.await.unwrap().is_err());
}

/// Calls the server makes on those who watch.
#[hub_client]
trait BoardClient {
    async fn score(&self, game: u32, points: u32, filling: String);
}

/// A hub in which nobody says anything.
#[hub(client = BoardClient)]
trait BoardHub {
    async fn echo(&self, text: String) -> String;
}

struct Board;

impl BoardHub for Board {
    async fn echo(&self, text: String) -> String {
        text
    }
}

/// Scores of two games in turn, more of them than any system buffers, for one client that begins to
/// read when all were sent and one that reads all along. What the first one reads, by game.
async fn scores(policy: SlowClient) -> [Vec<u64>; 2] {
    const SCORES: u32 = 1000;
    let adjust = move |options: &mut HubOptions| {
        options.slow_client = policy;
        options.maximum_pending_bytes = 200_000;
    };
    let made = |builder: HubsBuilder| builder.hub_with::<dyn BoardHub>("/board", Board, adjust);
    let server = Server::made(made, Router::new()).await;
    let (mut slow, mut good) = (
        Client::json_at(&server, "/board").await,
        Client::json_at(&server, "/board").await,
    );
    let board = server.hubs.context::<dyn BoardHub>();
    let filling = "x".repeat(10_000);
    for points in 0..SCORES {
        let game = points % 2;
        let everyone = board.clients().all();
        let told = everyone.score(game, points, &filling).keyed(game).await;
        told.expect("numbers and a text");
        // Who reads misses nothing.
        let event = good.next().await.expect("a score");
        assert_eq!(event["arguments"][1], points, "{policy:?}");
    }
    // A question of its own is answered, behind what is left.
    slow.call("1", "Echo", json!(["alive"])).await;
    let mut read = [Vec::new(), Vec::new()];
    loop {
        let message = slow.next().await.expect("scores, and an answer");
        if message["type"] == 3 {
            assert_eq!(message["result"], "alive");
            break;
        }
        let [game, points] = [0, 1].map(|at| message["arguments"][at].as_u64().unwrap());
        read[game as usize].push(points);
    }
    assert!(read.concat().len() < SCORES as usize, "nothing was dropped");
    assert!(read.iter().all(|points| points.is_sorted()), "{policy:?}");
    read
}

#[tokio::test]
async fn a_client_that_comes_late_reads_what_was_sent_last() {
    let [even, odd] = scores(SlowClient::DropOldest).await;
    assert!(even.ends_with(&[994, 996, 998]) && odd.ends_with(&[995, 997, 999]));
}

#[tokio::test]
async fn a_client_that_comes_late_reads_what_was_sent_first() {
    let [even, odd] = scores(SlowClient::DropNewest).await;
    let number = even.len() as u64;
    assert!(even.into_iter().eq((0..number).map(|at| 2 * at)));
    assert!(odd.last() < Some(&999));
}

#[tokio::test]
async fn a_client_that_comes_late_reads_the_last_of_each_key() {
    let [even, odd] = scores(SlowClient::Replace).await;
    assert_eq!([even.last(), odd.last()], [Some(&998), Some(&999)]);
    // All that came before had gone to the system already.
    let gap = |points: &[u64]| points[points.len() - 1] - points[points.len() - 2];
    assert!(gap(&even) > 2 && gap(&odd) > 2);
}
