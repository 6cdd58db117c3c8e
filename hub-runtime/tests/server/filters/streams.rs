//! Around streams and uploads.

use super::{Notes, result, server};
use crate::client::Client;
use hub_runtime::filters::{HubFilter, HubInvocation, MethodResult, Next, Sending, StreamItem};
use hub_runtime::prelude::*;
use serde_json::{Value, json};

/// Notes how streams end, and does what the first argument says.
struct Sluice(Notes);

impl HubFilter for Sluice {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        match call.get::<Option<u32>>(0)? {
            Some(100) => return Err(HubError::new("The water is too high.")),
            Some(200) => return call.answer("nothing"),
            Some(300) => call.set(0, &1)?,
            _ => {}
        }
        let result = next.run(call).await;
        let items = result.as_ref().ok().and_then(MethodResult::items);
        self.0.note(format!("{} {items:?}", call.target()));
        let result = result?;
        match items {
            Some(3) => Err(HubError::new("Three is one too many.")),
            _ => Ok(result),
        }
    }
}

async fn stream(client: &mut Client, to: u32) -> Vec<Value> {
    let call = json!({"type": 4, "invocationId": "i", "target": "Count", "arguments": [to]});
    client.send(call).await;
    let mut messages = Vec::new();
    loop {
        let message = client.next().await.expect("a completion");
        let is_last = message["type"] == 3;
        messages.push(message);
        if is_last {
            return messages;
        }
    }
}

fn item(number: u32) -> Value {
    json!({"type": 2, "invocationId": "i", "item": number})
}

fn end() -> Value {
    json!({"type": 3, "invocationId": "i"})
}

#[tokio::test]
async fn a_filter_sees_a_stream_begin_and_end() {
    let notes = Notes::default();
    let sluice = Sluice(notes.clone());
    let server = server(|builder| builder.filter(sluice)).await;
    let mut client = Client::json(&server).await;
    assert_eq!(stream(&mut client, 2).await, [item(0), item(1), end()]);
    assert_eq!(notes.take(), ["Count Some(2)"]);
    assert_eq!(stream(&mut client, 300).await, [item(0), end()]);
    assert_eq!(notes.take(), ["Count Some(1)"]);
    // A stream of the filter's own has no items, and no result, which no client expects.
    assert_eq!(stream(&mut client, 200).await, [end()]);
    assert!(notes.take().is_empty());
}

#[tokio::test]
async fn a_filter_fails_a_stream_before_it_begins_and_after() {
    let notes = Notes::default();
    let sluice = Sluice(notes.clone());
    let server = server(|builder| builder.filter(sluice)).await;
    let mut client = Client::json(&server).await;
    let text = "An unexpected error occurred invoking 'Count' on the server. \
                HubException: The water is too high.";
    let failed = json!({"type": 3, "invocationId": "i", "error": text});
    assert_eq!(stream(&mut client, 100).await, [failed]);
    let text = "An error occurred on the server while streaming results. \
                HubException: Three is one too many.";
    let failed = json!({"type": 3, "invocationId": "i", "error": text});
    let all = [item(0), item(1), item(2), failed];
    assert_eq!(stream(&mut client, 3).await, all);
}

async fn upload(client: &mut Client, target: &str, items: u32) -> Value {
    let call = json!({
        "type": 1,
        "invocationId": "i",
        "target": target,
        "arguments": [],
        "streamIds": ["u"],
    });
    client.send(call).await;
    for number in 0..items {
        let item = json!({"type": 2, "invocationId": "u", "item": number});
        client.send(item).await;
    }
    client.send(json!({"type": 3, "invocationId": "u"})).await;
    client.next().await.expect("a completion")
}

#[tokio::test]
async fn uploads_go_through_filters() {
    let notes = Notes::default();
    let sluice = Sluice(notes.clone());
    let server = server(|builder| builder.filter(sluice)).await;
    let mut client = Client::json(&server).await;
    assert_eq!(upload(&mut client, "Sum", 100).await, result(4950));
    assert_eq!(notes.take(), ["Sum None"]);
}

/// Answers every call with its target.
struct Echo;

impl HubFilter for Echo {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        _: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        call.answer(call.target())
    }
}

#[tokio::test]
async fn an_upload_whose_method_a_filter_keeps_from_running_holds_nothing_up() {
    let server = server(|builder| builder.filter(Echo)).await;
    let mut client = Client::json(&server).await;
    // More items than wait for a method.
    assert_eq!(upload(&mut client, "Sum", 100).await, result("Sum"));
    assert_eq!(client.invoke("Any", json!([])).await, result("Any"));
}

#[tokio::test]
async fn an_upload_whose_arguments_do_not_fit_holds_nothing_up() {
    let notes = Notes::default();
    let sluice = Sluice(notes.clone());
    let server = server(|builder| builder.filter(sluice)).await;
    let mut client = Client::json(&server).await;
    let call = json!({
        "type": 1,
        "invocationId": "i",
        "target": "Sum",
        "arguments": [1, 2, 3],
        "streamIds": ["u"],
    });
    client.send(call).await;
    for number in 0..100 {
        let item = json!({"type": 2, "invocationId": "u", "item": number});
        client.send(item).await;
    }
    let text = "Failed to invoke 'Sum' due to an error on the server.";
    let failed = json!({"type": 3, "invocationId": "i", "error": text});
    assert_eq!(client.next().await, Some(failed));
    assert_eq!(client.invoke("Add", json!([40, 2])).await, result(42));
}

/// Changes, drops and refuses numbers on their way out.
struct Numbers(Notes);

impl HubFilter for Numbers {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        let result = next.run(call).await;
        self.0.note(match &result {
            Ok(result) => format!("{:?}", result.items()),
            Err(error) => error.to_string(),
        });
        result
    }

    fn stream_item(&self, item: &mut StreamItem<'_>) -> Result<Sending, HubError> {
        assert_eq!((item.hub(), item.method()), ("TestHub", "Count"));
        let number: u32 = item.get()?;
        match number {
            1 => item.set(&100)?,
            2 => return Ok(Sending::Drop),
            4 => return Err(HubError::new("Four is too much.")),
            _ => {}
        }
        Ok(Sending::Pass)
    }
}

#[tokio::test]
async fn items_of_a_stream_are_changed_dropped_and_refused() {
    let notes = Notes::default();
    let numbers = Numbers(notes.clone());
    let server = server(|builder| builder.filter(numbers)).await;
    let mut client = Client::json(&server).await;
    let all = [item(0), item(100), item(3), end()];
    assert_eq!(stream(&mut client, 4).await, all);
    assert_eq!(notes.take(), ["Some(3)"]);
    let text = "An error occurred on the server while streaming results. \
                HubException: Four is too much.";
    let failed = json!({"type": 3, "invocationId": "i", "error": text});
    let all = [item(0), item(100), item(3), failed];
    assert_eq!(stream(&mut client, 1000).await, all);
    assert_eq!(notes.take(), ["HubException: Four is too much."]);
}
