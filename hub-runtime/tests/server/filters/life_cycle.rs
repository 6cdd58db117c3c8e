//! Around a connection's beginning and end.

use super::{Notes, server};
use crate::client::Client;
use crate::hub::Noticed;
use hub_runtime::CloseMessage;
use hub_runtime::Context;
use hub_runtime::filters::{AnyHub, HubFilter, NextConnected, NextDisconnected};
use hub_runtime::prelude::*;
use serde_json::json;

/// Notes connections, and does what their query says.
struct Porter(&'static str, Notes);

impl Porter {
    fn is_asked(&self, cx: &Context<AnyHub>, what: &str) -> bool {
        let query = cx.http().uri.query().unwrap_or_default();
        query.contains(&format!("{}-{what}", self.0))
    }
}

impl HubFilter for Porter {
    async fn on_connected(
        &self,
        cx: &Context<AnyHub>,
        next: NextConnected<'_>,
    ) -> Result<(), HubError> {
        let Self(name, notes) = self;
        notes.note(format!("{name} in"));
        if self.is_asked(cx, "refuses") {
            return Err(HubError::new("The house is full."));
        }
        assert!(!self.is_asked(cx, "panics"), "a panic with a secret in it");
        next.run(cx).await?;
        if self.is_asked(cx, "regrets") {
            return Err(HubError::new("On second thought, no."));
        }
        notes.note(format!("{name} let in"));
        Ok(())
    }

    async fn on_disconnected(
        &self,
        cx: &Context<AnyHub>,
        reason: &DisconnectReason,
        next: NextDisconnected<'_>,
    ) {
        let Self(name, notes) = self;
        notes.note(format!("{name}: {reason}"));
        assert!(
            !self.is_asked(cx, "stumbles"),
            "a panic with a secret in it"
        );
        if !self.is_asked(cx, "forgets") {
            next.run(cx, reason).await;
        }
        notes.note(format!("{name} out"));
    }
}

fn porters(notes: &Notes) -> [Porter; 2] {
    ["outer", "inner"].map(|name| Porter(name, notes.clone()))
}

#[tokio::test]
async fn filters_see_a_connection_come_and_go_once() {
    let notes = Notes::default();
    let [outer, inner] = porters(&notes);
    let mut server = server(|builder| builder.filter(outer).filter(inner)).await;
    let client = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    client.vanish();
    let lost = DisconnectReason::ConnectionLost;
    assert_eq!(server.noticed().await, Noticed::Disconnected(lost));
    server.hubs.shutdown().await;
    let expected = [
        "outer in",
        "inner in",
        "inner let in",
        "outer let in",
        "outer: the connection was lost",
        "inner: the connection was lost",
        "inner out",
        "outer out",
    ];
    assert_eq!(notes.take(), expected);
    server.expect_silence();
}

#[tokio::test]
async fn a_filter_refuses_a_connection_with_a_text() {
    let notes = Notes::default();
    let [outer, inner] = porters(&notes);
    let mut server = server(|builder| builder.filter(outer).filter(inner)).await;
    for (query, text) in [
        (
            "?inner-refuses",
            "Connection closed with an error. HubException: The house is full.",
        ),
        ("?inner-panics", "Connection closed with an error."),
    ] {
        let mut client = Client::raw(&server, query).await;
        client.shake_hands().await;
        assert_eq!(client.last().await, Some(json!({"type": 7, "error": text})));
        assert_eq!(notes.take(), ["outer in", "inner in"]);
    }
    server.hubs.shutdown().await;
    assert!(notes.take().is_empty());
    server.expect_silence();
}

#[tokio::test]
async fn what_was_let_in_further_in_hears_of_a_refusal_further_out() {
    let notes = Notes::default();
    let [outer, inner] = porters(&notes);
    let mut server = server(|builder| builder.filter(outer).filter(inner)).await;
    let mut client = Client::raw(&server, "?outer-regrets").await;
    client.shake_hands().await;
    let text = "Connection closed with an error. HubException: On second thought, no.";
    assert_eq!(client.last().await, Some(json!({"type": 7, "error": text})));
    server
        .expect_disconnect(DisconnectReason::Aborted(CloseMessage::new()))
        .await;
    client.vanish();
    server.hubs.shutdown().await;
    let expected = [
        "outer in",
        "inner in",
        "inner let in",
        "inner: the application aborted the connection",
        "inner out",
    ];
    assert_eq!(notes.take(), expected);
    server.expect_silence();
}

#[tokio::test]
async fn a_filter_cannot_keep_the_hub_from_hearing_of_the_end() {
    for query in ["?outer-forgets", "?outer-stumbles", "?inner-stumbles"] {
        let notes = Notes::default();
        let [outer, inner] = porters(&notes);
        let mut server = server(|builder| builder.filter(outer).filter(inner)).await;
        let mut client = Client::raw(&server, query).await;
        client.shake_hands().await;
        assert_eq!(server.noticed().await, Noticed::Connected);
        client.vanish();
        let lost = DisconnectReason::ConnectionLost;
        assert_eq!(server.noticed().await, Noticed::Disconnected(lost));
        server.hubs.shutdown().await;
        server.expect_silence();
        let told = notes.take();
        let told = told.iter().filter(|note| note.contains(": "));
        assert_eq!(told.count(), 2, "each filter is told once");
    }
}
