//! What is counted where a limit is reached, or a client does not keep up.

use crate::client::{Client, request};
use crate::hub::{Noticed, Server, TestHub};
use hub_runtime::{HubOptions, SlowClient};
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use serde_json::json;
use std::time::Duration;

/// The counters of limits, by what they are of, since the last time.
fn counted(recorder: &DebuggingRecorder) -> Vec<(String, u64)> {
    let all = recorder.snapshotter().snapshot().into_vec();
    let counters = all.into_iter().filter_map(|(key, _, _, value)| {
        let DebugValue::Counter(value) = value else {
            return None;
        };
        let (_, key) = key.into_parts();
        let of = |label| key.labels().find(|it| it.key() == label);
        assert!(of("hub").is_none_or(|hub| hub.value() == "TestHub"));
        let name = match key.name() {
            "hub.limit.reached" => of("limit")?.value(),
            "hub.messages.dropped" => of("policy")?.value(),
            _ => return None,
        };
        Some((name.to_owned(), value))
    });
    let mut counters: Vec<_> = counters.collect();
    counters.sort_unstable();
    counters
}

#[tokio::test]
async fn each_limit_that_is_reached_is_counted_by_its_name() {
    let recorder = DebuggingRecorder::new();
    // Of this thread, on which the server runs too.
    let _recording = metrics::set_default_local_recorder(&recorder);
    let adjust = |options: &mut HubOptions| {
        options.maximum_connections = Some(1);
        options.maximum_parallel_streams_per_client = 0;
    };
    let server = Server::with(adjust).await;
    let mut client = Client::json(&server).await;
    for _ in 0..3 {
        let negotiate = "/hubs/test/negotiate?negotiateVersion=1";
        assert_eq!(request(&server, "POST", negotiate).await.0, 503);
    }
    client
        .send(json!({"type": 4, "invocationId": "1", "target": "Count", "arguments": [1]}))
        .await;
    assert!(client.next().await.unwrap()["error"].is_string());
    let expected = [
        ("maximum_connections_of_hub".to_owned(), 3),
        ("maximum_parallel_streams_per_client".to_owned(), 1),
    ];
    assert_eq!(counted(&recorder), expected);
}

/// Sends to a client that never reads, until it has been given up. From outside of a call, since there is
/// more to send than fits into all buffers on the way, and the clock has begun with the first of them.
async fn give_up(slow_client: SlowClient) -> Vec<(String, u64)> {
    let recorder = DebuggingRecorder::new();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let adjust = |options: &mut HubOptions| {
        options.slow_client = slow_client;
        options.transport_send_timeout = Duration::from_secs(1);
    };
    let mut server = Server::with(adjust).await;
    let _slow = Client::json(&server).await.into_stream();
    assert_eq!(server.noticed().await, Noticed::Connected);
    let everybody = server.hubs.context::<dyn TestHub>().clients().all();
    let text = "x".repeat(30_000);
    while !server.has_given_up_a_slow_client() {
        everybody.receive(&text).await.unwrap();
        tokio::task::yield_now().await;
    }
    counted(&recorder)
}

#[tokio::test]
async fn what_ends_a_slow_client_is_counted() {
    // Behind by too much, or stuck for too long: whichever comes first.
    let counted = give_up(SlowClient::Close).await;
    let [(limit, 1)] = &counted[..] else {
        panic!("{counted:?}");
    };
    let limits = ["maximum_pending_bytes", "transport_send_timeout"];
    assert!(limits.contains(&limit.as_str()), "{limit}");
}

#[tokio::test]
async fn what_is_dropped_of_a_slow_client_is_counted() {
    for (slow_client, policy) in [
        (SlowClient::DropOldest, "drop_oldest"),
        (SlowClient::DropNewest, "drop_newest"),
        (SlowClient::Replace, "replace"),
    ] {
        let counted = give_up(slow_client).await;
        let [(dropping, dropped), (limit, 1)] = &counted[..] else {
            panic!("{counted:?}");
        };
        assert_eq!(
            (dropping.as_str(), limit.as_str()),
            (policy, "transport_send_timeout")
        );
        assert!(*dropped > 0);
    }
}
