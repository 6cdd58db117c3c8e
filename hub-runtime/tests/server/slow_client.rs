use crate::client::{Client, message};
use crate::hub::{Noticed, Server};
use hub_runtime::DisconnectReason;
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
