//! Filters around calls, connections and sends.

mod authorization;
mod calls;
mod life_cycle;
mod outgoing;
mod ready_made;
mod streams;

use crate::client::Client;
use crate::hub::Server;
use axum::Router;
use hub_core::protocol::{ArgumentList, CompletionOutcome, Encoded, Message, Protocol};
use hub_runtime::HubsBuilder;
use hub_runtime::filters::{HubFilter, HubInvocation, MethodResult, Next, Refusal};
use hub_runtime::prelude::*;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use tokio_tungstenite::tungstenite::protocol::Message as Frame;

/// What filters have noted, in order.
#[derive(Debug, Clone, Default)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn note(&self, note: impl Into<String>) {
        self.0.lock().unwrap().push(note.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Notes every call, and how it ended.
struct Noting(&'static str, Notes);

impl HubFilter for Noting {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        let Self(name, notes) = self;
        notes.note(format!("{name} {}", call.target()));
        let result = next.run(call).await;
        notes.note(match &result {
            Ok(_) => format!("{name} ok"),
            Err(error) => match Refusal::of(error) {
                Some(refusal) => format!("{name} {:?}", refusal.reason()),
                None => format!("{name} {error}"),
            },
        });
        result
    }
}

async fn server(adjust: impl FnOnce(HubsBuilder) -> HubsBuilder) -> Server {
    Server::made(adjust, Router::new()).await
}

fn result(value: impl Into<Value>) -> Value {
    json!({"type": 3, "invocationId": "i", "result": value.into()})
}

fn error(text: &str) -> Value {
    json!({"type": 3, "invocationId": "i", "error": text})
}

/// A client that speaks MessagePack.
struct Packed(Client);

impl Packed {
    async fn connect(server: &Server, path: &str) -> Self {
        let mut client = Client::raw_at(server, path).await;
        client
            .send(json!({"protocol": "messagepack", "version": 1}))
            .await;
        let answer = client.message().await;
        assert_eq!(answer, Some(Frame::binary(&b"{}\x1e"[..])));
        Self(client)
    }

    /// The next hub message, as `look` sees it.
    async fn next<T>(&mut self, look: impl FnOnce(Message<'_>) -> T) -> T {
        let Some(Frame::Binary(bytes)) = self.0.message().await else {
            panic!("a binary message");
        };
        let message = Encoded::copied(&bytes);
        look(message.read(Protocol::MessagePack).expect("one message"))
    }

    /// Calls a method, and gives its result.
    async fn invoke(&mut self, target: &str, arguments: &impl ArgumentList) -> Value {
        let call = Encoded::invocation(Protocol::MessagePack, Some("i"), target, arguments, &[]);
        self.0.binary(call.expect("plain values").payload()).await;
        self.next(|message| match message {
            Message::Completion {
                outcome: CompletionOutcome::Value(value),
                ..
            } => value.decode().expect("a plain value"),
            other => panic!("no result: {other:?}"),
        })
        .await
    }
}
