//! Calls that panic, and calls that outlive their callers.

use crate::support::{Client, OVER_EVERYTHING, Server, figure};
use serde_json::json;
use std::collections::HashSet;

#[tokio::test]
async fn three_hundred_panics_change_nothing() {
    const PANICS: usize = 60;
    let server = Server::start(&[]).await;
    for over in OVER_EVERYTHING {
        let mut client = Client::connect(server.address, over).await;
        let calls = (0..PANICS).flat_map(|number| {
            // Every other one is of a caller that waits for no answer.
            let silent = json!({"type": 1, "target": "Panic", "arguments": []});
            let call = over.1.call(&number.to_string(), "Panic", &json!([]));
            [call, over.1.write(&silent)].concat()
        });
        client.send_bytes(&calls.collect::<Vec<_>>()).await;
        client.call("echo", "Echo", json!(["alive"])).await;
        let mut completed = HashSet::new();
        loop {
            let completion = client.next().await.expect("a completion");
            let id = completion["invocationId"]
                .as_str()
                .expect("an id")
                .to_owned();
            if id == "echo" {
                assert_eq!(completion["result"], "alive");
                break;
            }
            assert!(completion["error"].is_string(), "{completion}");
            assert!(completed.insert(id), "{completion} comes twice");
        }
        assert_eq!(completed.len(), PANICS);
        client.stop().await;
    }
    let total = PANICS * OVER_EVERYTHING.len();
    figure(
        "panics, and completions for them",
        format!("{total} and {total}"),
        "300 and 300",
    );
    server.has_recovered().await;
}

#[tokio::test]
async fn work_ends_with_its_client() {
    const CLIENTS: usize = 10;
    // Until then the streams of those who poll go on, if only as far as their queues take them.
    let server = Server::start(&["--disconnect-timeout", "3000"]).await;
    let mut clients = Vec::new();
    for over in OVER_EVERYTHING {
        for _ in 0..CLIENTS {
            let mut client = Client::connect(server.address, over).await;
            client.stream("1", "Counter", json!([u32::MAX, 1])).await;
            client
                .stream("2", "Counter", json!([u32::MAX, 600_000]))
                .await;
            let upload = json!({"type": 1, "invocationId": "3", "target": "SumStream",
                                "arguments": [], "streamIds": ["u"]});
            client.send(upload).await;
            client.call("4", "AskCaller", json!([])).await;
            client.call("5", "Slow", json!([600_000])).await;
            client.call("6", "Echo", json!(["never begun"])).await;
            assert!(client.next().await.is_some());
            clients.push(client);
        }
    }
    // Without a goodbye; those who poll are missed after a while.
    drop(clients);
    server.has_recovered().await;
}
