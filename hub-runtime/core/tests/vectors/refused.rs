//! Input that is malformed or fails, and what must become of it.

use std::sync::Arc;
use std::time::Instant;

use hub_core::protocol::handshake;
use hub_core::protocol::{BindError, Message, Protocols, TransferFormats};
use hub_core::session::{Event, Session, SessionOptions};
use serde_json::Value;

use crate::{Vector, group};

/// What a session makes of the bytes after a handshake.
enum Verdict {
    /// The connection closes with this error.
    Closes(String),
    /// The message is read, and so is the binding of its arguments if the method is one of the
    /// conformance server's.
    Reads(Option<BindError>),
    /// More bytes are awaited.
    Waits,
}

fn judge(vector: &Vector) -> Verdict {
    let now = Instant::now();
    let mut options = SessionOptions::default();
    options.protocols = Protocols::ALL;
    let mut session = Session::server(Arc::new(options), TransferFormats::TextAndBinary, now);
    let request = handshake::write_request(vector.hub_protocol().unwrap(), 1);
    let bytes = [request, vector.bytes.clone()].concat();
    let mut inbox = session.handle_input(now, &bytes);
    assert!(matches!(
        inbox.next(),
        Some(Event::HandshakeAccepted { .. })
    ));
    let mut verdict = Verdict::Waits;
    while let Some(event) = inbox.next() {
        verdict = match event {
            Event::Failed(error) => Verdict::Closes(error.to_string()),
            Event::Message(Message::Invocation(call)) => Verdict::Reads(match &*call.target {
                "Echo" => call.arguments.decode::<(String,)>().err(),
                "Add" => call.arguments.decode::<(i32, i32)>().err(),
                _ => None,
            }),
            Event::Message(_) => Verdict::Reads(None),
            other => panic!("{}: {other:?}", vector.name),
        };
    }
    verdict
}

/// Checks that the connection closes or stays as `expect` says, with the detail it gives.
fn check(vector: &Vector) {
    let detail = vector
        .expect
        .get("detailed_error_suffix")
        .and_then(Value::as_str);
    let closes = !vector.expect["close"].is_null() && vector.expect.get("when").is_none();
    match (judge(vector), closes) {
        (Verdict::Closes(error), true) => assert_eq!(Some(&*error), detail, "{}", vector.name),
        (Verdict::Reads(Some(error)), false) => {
            assert_eq!(Some(&*error.to_string()), detail, "{}", vector.name);
            assert!(!vector.expect["reply"].is_null());
        }
        // A detail that depends on more than the message is for those who know more.
        (Verdict::Reads(None), false) => {
            assert_eq!(
                detail.is_some(),
                vector.expect.get("when").is_some(),
                "{}",
                vector.name
            );
        }
        _ => panic!("{}", vector.name),
    }
}

#[test]
fn broken_messages_of_clients_end_the_connection_and_failing_ones_do_not() {
    let vectors = [
        group("json", "client-to-server-invalid"),
        group("messagepack", "client-to-server-invalid"),
    ];
    let vectors: Vec<_> = vectors.into_iter().flatten().collect();
    vectors.iter().for_each(check);
    assert_eq!(vectors.len(), 17 + 4);
}

/// What a server must never send is judged by the npm client in its own words. Here stands what
/// our reader makes of it; a byte stream waits where a whole message is cut off, and some of what
/// the client refuses is harmless.
const NEVER_SENT: [(&str, Option<&str>); 17] = [
    ("json/s2c-invalid/no-terminator", Some("waits")),
    ("json/s2c-invalid/second-message-cut", None),
    (
        "json/s2c-invalid/type-not-number",
        Some("Expected 'type' to be of type Number."),
    ),
    ("json/s2c-invalid/stream-item-without-item", None),
    (
        "json/s2c-invalid/completion-result-and-error",
        Some("The 'error' and 'result' properties are mutually exclusive."),
    ),
    (
        "json/s2c-invalid/completion-without-id",
        Some("Missing required property 'invocationId'."),
    ),
    ("json/s2c-invalid/invocation-null-id", None),
    ("json/s2c-invalid/invocation-empty-id", None),
    (
        "json/s2c-invalid/ack-without-number",
        Some("Expected 'sequenceId' to be of type Number."),
    ),
    ("messagepack/s2c-invalid/truncated", Some("waits")),
    (
        "messagepack/s2c-invalid/length-only-continuation",
        Some("waits"),
    ),
    (
        "messagepack/s2c-invalid/over-2gb",
        Some("FormatException: Messages over 2GB in size are not supported."),
    ),
    (
        "messagepack/s2c-invalid/invocation-4-items",
        Some("Reading array length for 'arguments' failed."),
    ),
    (
        "messagepack/s2c-invalid/completion-no-result-item",
        Some("Reading 'result' as Object failed."),
    ),
    (
        "messagepack/s2c-invalid/close-1-item",
        Some("Reading 'error' as String failed."),
    ),
    (
        "messagepack/s2c-invalid/headers-not-a-map",
        Some("Reading map length for 'headers' failed."),
    ),
    (
        "messagepack/s2c-invalid/empty-body",
        Some("Reading array length for 'elementCount' failed."),
    ),
];

#[test]
fn messages_that_are_never_sent_do_no_harm() {
    let vectors = [
        group("json", "server-to-client-invalid"),
        group("messagepack", "server-to-client-invalid"),
    ];
    let found: Vec<_> = vectors
        .iter()
        .flatten()
        .map(|vector| {
            let verdict = match judge(vector) {
                Verdict::Closes(error) => {
                    let text = error
                        .strip_prefix("InvalidDataException: ")
                        .unwrap_or(&error);
                    Some(text.to_owned())
                }
                Verdict::Waits => Some("waits".to_owned()),
                Verdict::Reads(_) => None,
            };
            (vector.name.clone(), verdict)
        })
        .collect();
    let expected = NEVER_SENT.map(|(name, verdict)| (name.to_owned(), verdict.map(str::to_owned)));
    assert_eq!(found, expected);
}
