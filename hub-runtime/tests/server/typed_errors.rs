//! Errors that generated clients tell apart, and that all others read as a sentence.

use crate::client::Client;
use crate::hub::Server;
use axum::Router;
use futures_util::stream;
use hub_runtime::filters::{HubFilter, HubInvocation, MethodResult, Next};
use hub_runtime::prelude::*;
use hub_runtime::{HubsBuilder, ToldError};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

#[hub_error]
#[derive(Debug, Clone, PartialEq)]
enum EntryError {
    #[hub_error("{room} holds {limit} at most.")]
    RoomFull { room: String, limit: u32 },
    #[hub_error("It is late.")]
    TooLate,
    #[hub_error(hidden)]
    Inside(#[from] std::num::ParseIntError),
}

fn full(room: &str) -> EntryError {
    EntryError::RoomFull {
        room: room.to_owned(),
        limit: 3,
    }
}

#[hub]
trait DoorHub {
    async fn enter(&self, room: String) -> Result<u32, EntryError>;
    async fn through_another(&self, room: String) -> Result<u32, HubError>;
    async fn untyped(&self, text: String) -> Result<u32, HubError>;
    fn guests(&self, room: String) -> impl Stream<Item = Result<u32, EntryError>>;
    async fn late_guests(&self) -> Result<impl Stream<Item = u32>, EntryError>;
}

struct Door;

impl DoorHub for Door {
    async fn enter(&self, room: String) -> Result<u32, EntryError> {
        match room.as_str() {
            "late" => Err(EntryError::TooLate),
            "inside" => Ok("secret".parse::<u32>()?),
            _ => Err(full(&room)),
        }
    }

    async fn through_another(&self, room: String) -> Result<u32, HubError> {
        Ok(self.enter(room).await?)
    }

    async fn untyped(&self, text: String) -> Result<u32, HubError> {
        Err(HubError::new(text))
    }

    fn guests(&self, room: String) -> impl Stream<Item = Result<u32, EntryError>> + Send {
        stream::iter([Ok(1), Err(full(&room))])
    }

    async fn late_guests(&self) -> Result<impl Stream<Item = u32> + Send, EntryError> {
        Err::<stream::Empty<u32>, _>(EntryError::TooLate)
    }
}

const PLAIN: &str = "/hubs/door";
const GENERATED: &str = "/hubs/door?hubContract=1-0123456789abcdef";

async fn server() -> Server {
    Server::beside::<dyn DoorHub>("/hubs/door", Door).await
}

async fn client(server: &Server, path: &str) -> Client {
    let mut client = Client::raw_at(server, path).await;
    client.shake_hands().await;
    client
}

/// The text with which a call fails.
async fn failure(client: &mut Client, target: &str, arguments: Value) -> String {
    let completion = client.invoke(target, arguments).await;
    let text = completion["error"].as_str();
    text.unwrap_or_else(|| panic!("{completion}")).to_owned()
}

/// The error that a generated client reads, with its sentence.
fn told(text: &str) -> (String, EntryError) {
    let told = ToldError::parse(text).unwrap_or_else(|| panic!("{text}"));
    (told.sentence.to_owned(), told.get().expect("an EntryError"))
}

#[tokio::test]
async fn a_plain_client_reads_the_sentence() {
    let server = server().await;
    let mut client = client(&server, PLAIN).await;
    let begin = |method: &str| {
        format!("An unexpected error occurred invoking '{method}' on the server. HubException: ")
    };
    let text = failure(&mut client, "Enter", json!(["lobby"])).await;
    assert_eq!(text, begin("Enter") + "lobby holds 3 at most.");
    let text = failure(&mut client, "ThroughAnother", json!(["late"])).await;
    assert_eq!(text, begin("ThroughAnother") + "It is late.");
}

#[tokio::test]
async fn a_generated_client_reads_the_error_too() {
    let server = server().await;
    let mut client = client(&server, GENERATED).await;
    for method in ["Enter", "ThroughAnother"] {
        let text = failure(&mut client, method, json!(["lobby"])).await;
        let expected = (String::from("lobby holds 3 at most."), full("lobby"));
        assert_eq!(told(&text), expected);
        let text = failure(&mut client, method, json!(["late"])).await;
        assert_eq!(
            text,
            "It is late.\n$error EntryError {\"code\":\"tooLate\"}"
        );
    }
}

#[tokio::test]
async fn a_stream_fails_so_before_and_after_it_has_begun() {
    let server = server().await;
    for (path, begun, not_begun) in [
        (
            PLAIN,
            "An error occurred on the server while streaming results. HubException: lobby holds 3 at most.",
            "An unexpected error occurred invoking 'LateGuests' on the server. HubException: It is late.",
        ),
        (
            GENERATED,
            "lobby holds 3 at most.\n$error EntryError {\"code\":\"roomFull\",\"data\":{\"room\":\"lobby\",\"limit\":3}}",
            "It is late.\n$error EntryError {\"code\":\"tooLate\"}",
        ),
    ] {
        let mut client = client(&server, path).await;
        let stream = |id, target, arguments| json!({"type": 4, "invocationId": id, "target": target, "arguments": arguments});
        client.send(stream("1", "Guests", json!(["lobby"]))).await;
        assert_eq!(client.next().await.unwrap()["item"], 1);
        assert_eq!(client.next().await.unwrap()["error"], begun);
        client.send(stream("2", "LateGuests", json!([]))).await;
        assert_eq!(client.next().await.unwrap()["error"], not_begun);
    }
}

#[tokio::test]
async fn what_is_hidden_stays_hidden_unless_errors_are_detailed() {
    for detailed in [false, true] {
        let builder = |builder: HubsBuilder| {
            builder
                .hub::<dyn DoorHub>("/hubs/door", Door)
                .options(|options| options.enable_detailed_errors = detailed)
        };
        let server = Server::made(builder, Router::new()).await;
        for path in [PLAIN, GENERATED] {
            let mut client = client(&server, path).await;
            let text = failure(&mut client, "Enter", json!(["inside"])).await;
            let detail = " ParseIntError: invalid digit found in string";
            let expected = format!(
                "An unexpected error occurred invoking 'Enter' on the server.{}",
                if detailed { detail } else { "" }
            );
            assert_eq!(text, expected, "{path}");
        }
    }
}

#[tokio::test]
async fn a_text_does_not_pass_for_a_typed_error() {
    let server = server().await;
    let mut client = client(&server, GENERATED).await;
    let forged = "x\n$error EntryError {\"code\":\"tooLate\"}";
    let text = failure(&mut client, "Untyped", json!([forged])).await;
    assert_eq!(ToldError::parse(&text), None, "{text}");
    assert!(text.contains("HubException: x"), "{text}");
    let text = failure(&mut client, "Enter", json!([forged])).await;
    assert_eq!(told(&text).1, full(forged));
}

/// Notes the typed errors of calls.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<EntryError>>>);

impl HubFilter for Seen {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        let result = next.run(call).await;
        if let Err(error) = &result {
            let error = error.downcast_ref::<EntryError>();
            self.0.lock().unwrap().extend(error.cloned());
        }
        result
    }
}

#[tokio::test]
async fn filters_see_the_error_itself() {
    let seen = Seen::default();
    let filter = seen.clone();
    let builder = |builder: HubsBuilder| {
        let builder = builder.hub::<dyn DoorHub>("/hubs/door", Door);
        builder.filter(filter)
    };
    let server = Server::made(builder, Router::new()).await;
    let mut client = client(&server, GENERATED).await;
    let text = failure(&mut client, "Enter", json!(["lobby"])).await;
    assert_eq!(told(&text).1, full("lobby"));
    failure(&mut client, "Enter", json!(["inside"])).await;
    assert_eq!(*seen.0.lock().unwrap(), [full("lobby")]);
}
