//! Around calls on clients.

use super::{Notes, Packed, result, server};
use crate::client::Client;
use crate::hub::TestHub;
use hub_core::protocol::{Encoded, Message, Protocol};
use hub_runtime::filters::{HubFilter, OutgoingCall, Sending, Target};
use hub_runtime::prelude::*;
use hub_runtime::{ClientResultError, SendError};
use serde_json::{Value, json};

/// Notes what is sent, and does with it what its text says.
struct Censor(&'static str, Notes);

impl HubFilter for Censor {
    fn send(&self, call: &mut OutgoingCall<'_>) -> Result<Sending, HubError> {
        let text: String = call.get(0)?;
        let (hub, method) = (call.hub(), call.method());
        let (target, asks) = (call.target(), call.asks());
        self.1.note(format!("{} {hub}.{method}({text})", self.0));
        if text == "to whom" {
            self.1.note(format!("{target:?} {asks}"));
        }
        assert_ne!(text, "panic", "a panic with a secret in it");
        match text.as_str() {
            "drop" => return Ok(Sending::Drop),
            "fail" => return Err(HubError::new("Mind your words.")),
            "damn" => call.set(0, "d***")?,
            "How many?" => call.set(0, &format!("{text} ({})", self.0))?,
            _ => {}
        }
        Ok(Sending::Pass)
    }
}

fn received(text: &str) -> Value {
    json!({"type": 1, "target": "Receive", "arguments": [text]})
}

#[tokio::test]
async fn what_is_sent_changes_in_both_protocols() {
    let notes = Notes::default();
    let censor = Censor("saw", notes.clone());
    let server = server(|builder| builder.filter(censor)).await;
    let mut json = Client::json(&server).await;
    let mut packed = Packed::connect(&server, "/hubs/test").await;
    assert_eq!(json.invoke("Id", json!([])).await["type"], 3);
    json.call("i", "Broadcast", json!(["damn"])).await;
    assert_eq!(json.next().await, Some(received("d***")));
    let text = packed.next(|message| match message {
        Message::Invocation(call) => (call.target.to_string(), call.arguments.get(0).unwrap()),
        other => panic!("no call: {other:?}"),
    });
    assert_eq!(text.await, ("Receive".to_owned(), "d***".to_owned()));
    assert_eq!(notes.take(), ["saw TestHub.Receive(damn)"], "seen once");
}

#[tokio::test]
async fn what_leaves_passes_the_innermost_filter_first() {
    let notes = Notes::default();
    let [outer, inner] = ["outer", "inner"].map(|name| Censor(name, notes.clone()));
    let server = server(|builder| {
        builder
            .filter(outer)
            .options(|options| options.filters.add(inner))
    })
    .await;
    let mut client = Client::json(&server).await;
    client.call("i", "Broadcast", json!(["damn"])).await;
    assert_eq!(client.next().await, Some(received("d***")));
    let expected = ["inner TestHub.Receive(damn)", "outer TestHub.Receive(d***)"];
    assert_eq!(notes.take(), expected);
}

#[tokio::test]
async fn sends_are_dropped_and_failed() {
    let notes = Notes::default();
    let censor = Censor("saw", notes.clone());
    let server = server(|builder| builder.filter(censor)).await;
    let mut client = Client::json(&server).await;
    let null = result(Value::Null);
    assert_eq!(client.invoke("Broadcast", json!(["drop"])).await, null);
    // From outside a method too.
    let hub = server.hubs.context::<dyn TestHub>();
    let all = hub.clients().all();
    assert!(all.receive("drop").await.is_ok());
    let failed = |sent: Result<(), SendError>| sent.unwrap_err().to_string();
    assert_eq!(
        failed(all.receive("fail").await),
        "a filter kept the call from being sent: HubException: Mind your words."
    );
    assert_eq!(
        failed(all.receive("panic").await),
        "a filter kept the call from being sent: Panic: A filter panicked."
    );
    let text = "An unexpected error occurred invoking 'Broadcast' on the server.";
    let answer = client.invoke("Broadcast", json!(["fail"])).await;
    assert_eq!(answer["error"], text);
    assert!(all.receive("pass").await.is_ok());
    assert_eq!(client.next().await, Some(received("pass")));
}

#[tokio::test]
async fn a_filter_sees_to_whom_a_call_goes() {
    let notes = Notes::default();
    let censor = Censor("saw", notes.clone());
    let server = server(|builder| builder.filter(censor)).await;
    let clients = server.hubs.context::<dyn TestHub>();
    let group = clients.clients().group_except("lobby", ["1"]);
    assert!(group.receive("to whom").await.is_ok());
    let target = Target::GroupExcept("lobby".into(), vec!["1".into()]);
    let expected = [
        "saw TestHub.Receive(to whom)".to_owned(),
        format!("{target:?} false"),
    ];
    assert_eq!(notes.take(), expected);
}

#[tokio::test]
async fn questions_to_clients_pass_filters_in_both_protocols() {
    let notes = Notes::default();
    let [outer, inner] = ["outer", "inner"].map(|name| Censor(name, notes.clone()));
    let server = server(|builder| builder.filter(outer).filter(inner)).await;
    let mut client = Client::json(&server).await;
    client.call("i", "AskCaller", json!([])).await;
    let question = client.next().await.unwrap();
    assert_eq!(question["arguments"], json!(["How many? (inner)"]));
    let id = &question["invocationId"];
    client
        .send(json!({"type": 3, "invocationId": id, "result": 7}))
        .await;
    assert_eq!(client.next().await, Some(result(7)));
    let mut packed = Packed::connect(&server, "/hubs/test").await;
    let call = Encoded::invocation(Protocol::MessagePack, Some("i"), "AskCaller", &(), &[]);
    packed.0.binary(call.unwrap().payload()).await;
    let question = packed.next(|message| match message {
        Message::Invocation(call) => call.arguments.get::<String>(0).unwrap(),
        other => panic!("no question: {other:?}"),
    });
    assert_eq!(question.await, "How many? (inner)");
}

#[tokio::test]
async fn a_question_that_is_dropped_is_no_question() {
    let notes = Notes::default();
    let censor = Censor("saw", notes.clone());
    let server = server(|builder| builder.filter(censor)).await;
    let mut client = Client::json(&server).await;
    let id = client.invoke("Id", json!([])).await;
    let hub = server.hubs.context::<dyn TestHub>();
    let asked = hub.clients().client(id["result"].as_str().unwrap());
    for (question, text) in [
        (
            "drop",
            "A filter kept the call from the client: it was dropped",
        ),
        (
            "fail",
            "A filter kept the call from the client: HubException: Mind your words.",
        ),
    ] {
        let error = asked.ask(question).await.unwrap_err();
        assert!(matches!(error, ClientResultError::Filter(_)), "{error}");
        assert_eq!(error.to_string(), text);
    }
}
