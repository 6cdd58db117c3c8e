//! Around calls.

use super::{Notes, Noting, Packed, error, result, server};
use crate::client::Client;
use hub_runtime::filters::{HubFilter, HubInvocation, MethodResult, Next, RefusalReason};
use hub_runtime::prelude::*;
use serde_json::{Value, json};

/// What a client calls on the hub with filters of its own.
#[hub]
trait OwnHub {
    async fn length(&self, text: String) -> u32;
}

struct Own;

impl OwnHub for Own {
    async fn length(&self, text: String) -> u32 {
        text.len() as u32
    }
}

#[tokio::test]
async fn filters_of_all_hubs_run_outside_those_of_one() {
    let notes = Notes::default();
    let [first, second, third, fourth] =
        ["first", "second", "third", "fourth"].map(|name| Noting(name, notes.clone()));
    let server = server(|builder| {
        builder
            .hub_with::<dyn OwnHub>("/hubs/own", Own, |options| {
                options.filters.add(third);
                options.filters.add(fourth);
            })
            .filter(first)
            .options(|options| options.filters.add(second))
    })
    .await;
    let mut client = Client::json_at(&server, "/hubs/own").await;
    assert_eq!(client.invoke("length", json!(["abc"])).await, result(3));
    let expected = [
        "first length",
        "second length",
        "third length",
        "fourth length",
        "fourth ok",
        "third ok",
        "second ok",
        "first ok",
    ];
    assert_eq!(notes.take(), expected);
    let mut other = Client::json(&server).await;
    assert_eq!(other.invoke("Echo", json!(["a"])).await, result("a"));
    let expected = ["first Echo", "second Echo", "second ok", "first ok"];
    assert_eq!(notes.take(), expected);
}

/// Doubles a text on its way in, and puts brackets around it on its way out.
struct Changing;

impl HubFilter for Changing {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        let text: String = call.get(0)?;
        call.set(0, &text.repeat(2))?;
        let mut result = next.run(call).await?;
        let text: String = result.get()?;
        result.set(&format!("[{text}]"))?;
        Ok(result)
    }
}

#[tokio::test]
async fn arguments_and_results_change_in_both_protocols() {
    let server = server(|builder| builder.filter(Changing)).await;
    let mut client = Client::json(&server).await;
    assert_eq!(
        client.invoke("Echo", json!(["ä\n"])).await,
        result("[ä\nä\n]")
    );
    let mut client = Packed::connect(&server, "/hubs/test").await;
    assert_eq!(client.invoke("Echo", &(&"ä",)).await, json!("[ää]"));
}

/// Answers `Echo` itself, and fails everything else.
struct Standing;

impl HubFilter for Standing {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        _: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        match call.method() {
            Some("Echo") => call.answer("from the filter"),
            _ => Err(HubError::new(format!("No {} today.", call.target()))),
        }
    }
}

#[tokio::test]
async fn a_filter_answers_without_running_the_method() {
    let server = server(|builder| builder.filter(Standing)).await;
    let mut client = Client::json(&server).await;
    assert_eq!(
        client.invoke("echo", json!([])).await,
        result("from the filter")
    );
    let text = "An unexpected error occurred invoking 'Panic' on the server. \
                HubException: No Panic today.";
    assert_eq!(client.invoke("Panic", json!([])).await, error(text));
    let mut client = Packed::connect(&server, "/hubs/test").await;
    assert_eq!(client.invoke("Echo", &()).await, json!("from the filter"));
}

#[tokio::test]
async fn filters_see_calls_that_reach_no_method() {
    let notes = Notes::default();
    let noting = Noting("saw", notes.clone());
    let server = server(|builder| builder.filter(noting)).await;
    let mut client = Client::json(&server).await;
    let failed = "Failed to invoke 'X' due to an error on the server.";
    assert_eq!(
        client.invoke("X", json!([])).await,
        error(&format!("{failed} HubException: Method does not exist."))
    );
    assert_eq!(notes.take(), ["saw X", "saw UnknownMethod"]);
    let failed = "Failed to invoke 'Echo' due to an error on the server.";
    for arguments in [json!([1]), json!([]), json!(["a", "b"])] {
        assert_eq!(client.invoke("Echo", arguments).await, error(failed));
        assert_eq!(notes.take(), ["saw Echo", "saw WrongArguments"]);
    }
    let text = "The client attempted to invoke the streaming 'Count' method with a \
                non-streaming invocation.";
    assert_eq!(client.invoke("Count", json!([1])).await, error(text));
    assert_eq!(notes.take(), ["saw Count", "saw WrongKind"]);
    let text = "An unexpected error occurred invoking 'Sum' on the server. \
                HubException: Client sent 0 stream(s), Hub method expects 1.";
    assert_eq!(client.invoke("Sum", json!([])).await, error(text));
    assert_eq!(notes.take(), ["saw Sum", "saw WrongStreamCount"]);
}

/// Says in the answer what a filter sees.
struct Looking;

impl HubFilter for Looking {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        _: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        let seen = json!({
            "hub": call.hub(),
            "target": call.target(),
            "method": call.method(),
            "rust": call.description().map(|method| method.rust_name),
            "refused": call.refusal().map(|refusal| refusal.reason() == RefusalReason::UnknownMethod),
            "stream": call.is_stream(),
            "answered": call.is_answered(),
            "bytes": call.argument_bytes(),
            "second": call.get::<Value>(1).ok(),
            "third": call.get::<Option<Value>>(2)?,
            "trace": call.header("traceparent"),
            "connected": call.cx().connection_id().len() > 10,
            "path": call.cx().http().uri.path(),
        });
        call.answer(&seen)
    }
}

#[tokio::test]
async fn a_filter_sees_what_there_is_to_know_of_a_call() {
    let server = server(|builder| builder.filter(Looking)).await;
    let mut client = Client::json(&server).await;
    client
        .send(json!({
            "type": 1,
            "invocationId": "i",
            "target": "ADD",
            "arguments": [1, {"a": 2}],
            "headers": {"traceparent": "00-1-2-01"},
        }))
        .await;
    let seen = json!({
        "hub": "TestHub",
        "target": "ADD",
        "method": "Add",
        "rust": "add",
        "refused": null,
        "stream": false,
        "answered": true,
        "bytes": 11,
        "second": {"a": 2},
        "third": null,
        "trace": "00-1-2-01",
        "connected": true,
        "path": "/hubs/test",
    });
    assert_eq!(client.next().await, Some(result(seen)));
}

#[tokio::test]
async fn a_call_that_nobody_waits_for_is_filtered_and_not_answered() {
    let notes = Notes::default();
    let noting = Noting("saw", notes.clone());
    let server = server(|builder| builder.filter(Changing).filter(noting)).await;
    let mut client = Client::json(&server).await;
    client
        .send(json!({"type": 1, "target": "Echo", "arguments": ["a"]}))
        .await;
    assert_eq!(
        client.invoke("Echo", json!(["b"])).await,
        result("[bb]"),
        "there is no answer before it"
    );
    assert_eq!(notes.take(), ["saw Echo", "saw ok", "saw Echo", "saw ok"]);
}

/// Panics before or after the call, as the method's name says.
struct Panicking;

impl HubFilter for Panicking {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        assert_ne!(call.method(), Some("Echo"), "a panic with a secret in it");
        let result = next.run(call).await;
        assert_ne!(call.method(), Some("Add"), "a panic with a secret in it");
        result
    }
}

#[tokio::test]
async fn a_panic_in_a_filter_fails_one_call() {
    let notes = Notes::default();
    let outer = Noting("saw", notes.clone());
    let server = server(|builder| builder.filter(outer).filter(Panicking)).await;
    let mut client = Client::json(&server).await;
    for (target, arguments) in [("Echo", json!(["a"])), ("Add", json!([1, 2]))] {
        let text = format!("An unexpected error occurred invoking '{target}' on the server.");
        assert_eq!(client.invoke(target, arguments).await, error(&text));
        let expected = [
            format!("saw {target}"),
            "saw Panic: A filter panicked.".to_owned(),
        ];
        assert_eq!(notes.take(), expected);
    }
    // A method's panic is seen too.
    client.invoke("Panic", json!([])).await;
    assert_eq!(
        notes.take(),
        ["saw Panic", "saw Panic: The method panicked."]
    );
    assert_eq!(
        client.invoke("Greet", json!(["Ann"])).await,
        result("Citizen Ann")
    );
}
