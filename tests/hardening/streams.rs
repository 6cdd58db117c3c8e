//! Streams in both directions.

use crate::support::{Client, OVER_EVERYTHING, Over, Server, figure};
use serde_json::{Value, json};
use std::collections::HashMap;

#[tokio::test]
async fn each_stream_has_one_completion_however_soon_it_is_cancelled() {
    const PAIRS: usize = 1000;
    const BATCH: usize = 50;
    let server = Server::start(&[]).await;
    for over in OVER_EVERYTHING {
        let mut client = Client::connect(server.address, over).await;
        let mut ends = HashMap::new();
        for batch in 0..PAIRS / BATCH {
            let pairs = (batch * BATCH..(batch + 1) * BATCH).map(|number| pair(over, number));
            client.send_bytes(&pairs.collect::<Vec<_>>().concat()).await;
            while ends.len() < (batch + 1) * BATCH {
                note(&mut ends, &client.next().await.expect("a message"));
            }
        }
        client.call("echo", "Echo", json!(["last"])).await;
        while !ends.contains_key("echo") {
            note(&mut ends, &client.next().await.expect("a message"));
        }
        assert!(ends.values().all(|count| *count == 1));
        figure(
            &format!("streams started and cancelled, {over:?}"),
            PAIRS,
            "1000, one end each",
        );
        client.stop().await;
    }
    server.has_recovered().await;
}

/// A stream that is started and cancelled at once. Some would never end, some have no item before
/// their end, some are over soon.
fn pair((_, protocol): Over, number: usize) -> Vec<u8> {
    let id = number.to_string();
    let arguments = [
        json!([u32::MAX, 1]),
        json!([u32::MAX, 600_000]),
        json!([100, 0]),
    ];
    let start = json!({"type": 4, "invocationId": id, "target": "Counter",
                       "arguments": arguments[number % arguments.len()]});
    let cancel = json!({"type": 5, "invocationId": id});
    [protocol.write(&start), protocol.write(&cancel)].concat()
}

/// Counts how often each stream has ended. None fails, and no item comes behind an end.
fn note(ends: &mut HashMap<String, usize>, message: &Value) {
    let id = message["invocationId"].as_str().expect("an id");
    if message["type"] == 2 {
        assert!(!ends.contains_key(id), "an item behind the end: {message}");
    } else {
        assert_eq!(
            (&message["type"], &message["error"]),
            (&json!(3), &Value::Null)
        );
        *ends.entry(id.to_owned()).or_default() += 1;
    }
}

#[tokio::test]
async fn an_id_in_use_is_refused() {
    let server = Server::start(&[]).await;
    for over in OVER_EVERYTHING {
        let mut client = Client::connect(server.address, over).await;
        client
            .stream("1", "Counter", json!([u32::MAX, 600_000]))
            .await;
        client.stream("1", "Counter", json!([1, 0])).await;
        let refused = client.next().await.expect("a refusal");
        assert_eq!(refused["error"], "Invocation ID '1' is already in use.");
        // The first one goes on, until it is cancelled.
        client.send(json!({"type": 5, "invocationId": "1"})).await;
        let ended = client.next().await.expect("a completion");
        assert_eq!((&ended["type"], &ended["error"]), (&json!(3), &Value::Null));
        client.stream("1", "Counter", json!([1, 0])).await;
        assert_eq!(client.next().await.expect("an item")["item"], 0);
        assert_eq!(client.completion("1").await["error"], Value::Null);
        client.stop().await;
    }
    server.has_recovered().await;
}

#[tokio::test]
async fn three_thousand_items_are_summed_up() {
    const ITEMS: i64 = 3000;
    let server = Server::start(&[]).await;
    for over in OVER_EVERYTHING {
        let sum = sum_of(&server, over, ITEMS).await;
        figure(
            &format!("sum of 3000 items, {over:?}"),
            &sum,
            ITEMS * (ITEMS - 1) / 2,
        );
        assert_eq!(sum, ITEMS * (ITEMS - 1) / 2);
    }
    server.has_recovered().await;
}

async fn sum_of(server: &Server, over: Over, items: i64) -> Value {
    let mut client = Client::connect(server.address, over).await;
    let call = json!({"type": 1, "invocationId": "1", "target": "SumStream", "arguments": [],
                      "streamIds": ["numbers"]});
    client.send(call).await;
    let items = (0..items).map(|item| {
        let item = json!({"type": 2, "invocationId": "numbers", "item": item});
        over.1.write(&item)
    });
    for batch in items.collect::<Vec<_>>().chunks(500) {
        client.send_bytes(&batch.concat()).await;
    }
    client
        .send(json!({"type": 3, "invocationId": "numbers"}))
        .await;
    let sum = client.completion("1").await["result"].clone();
    client.stop().await;
    sum
}
