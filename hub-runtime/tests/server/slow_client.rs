use crate::client::Client;
use crate::hub::{Noticed, Server};
use serde_json::json;

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
