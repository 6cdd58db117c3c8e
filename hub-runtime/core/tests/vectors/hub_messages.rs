//! Hub messages that both sides understand.

use hub_core::protocol::{
    Arguments, CompletionOutcome, EncodeError, Encoded, Framing, Message, Protocol, RawValue,
};
use serde_json::{Map, Value, json};

use crate::tagged::{Plain, Tagged, expected, holds_date, without_undefined};
use crate::{Vector, group};

/// All messages in `bytes`, which must hold nothing else.
fn read(protocol: Protocol, mut bytes: &[u8]) -> Vec<Value> {
    let mut framing = Framing::new(protocol);
    let mut messages = Vec::new();
    while let Some(frame) = framing.next(bytes, None).unwrap() {
        messages.push(message_to_json(
            Message::parse(protocol, frame.body).unwrap(),
        ));
        bytes = &bytes[frame.end..];
    }
    assert!(bytes.is_empty());
    messages
}

/// The message as the vector file writes it. An unknown one is null.
fn message_to_json(message: Message<'_>) -> Value {
    let value = match message {
        Message::Invocation(call) => json!({
            "type": if call.streaming { 4 } else { 1 },
            "invocationId": call.invocation_id,
            "target": call.target,
            "arguments": decode(call.arguments),
            "streamIds": (!call.stream_ids.is_empty()).then_some(call.stream_ids),
            "headers": match call.headers.pairs() {
                pairs if pairs.is_empty() => Value::Null,
                pairs => pairs.into_iter().map(|(name, value)| (name, Value::from(value))).collect(),
            },
        }),
        Message::StreamItem {
            invocation_id,
            item,
        } => {
            return json!({ "type": 2, "invocationId": invocation_id, "item": decode_value(item) });
        }
        Message::Completion {
            invocation_id,
            outcome,
        } => match outcome {
            CompletionOutcome::Error(error) => {
                json!({ "type": 3, "invocationId": invocation_id, "error": error })
            }
            CompletionOutcome::Void => json!({ "type": 3, "invocationId": invocation_id }),
            CompletionOutcome::Value(result) => {
                return json!({ "type": 3, "invocationId": invocation_id, "result": decode_value(result) });
            }
        },
        Message::CancelInvocation { invocation_id } => {
            json!({ "type": 5, "invocationId": invocation_id })
        }
        Message::Ping => json!({ "type": 6 }),
        Message::Close {
            error,
            allow_reconnect,
        } => {
            json!({ "type": 7, "error": error, "allowReconnect": allow_reconnect.then_some(true) })
        }
        Message::Ack(sequence_id) => json!({ "type": 8, "sequenceId": sequence_id }),
        Message::Sequence(sequence_id) => json!({ "type": 9, "sequenceId": sequence_id }),
        Message::Unknown(kind) => {
            assert_eq!(kind, 42);
            Value::Null
        }
        other => panic!("{other:?}"),
    };
    match value {
        Value::Object(members) => without_nulls(members).into(),
        other => other,
    }
}

/// Optional properties that are not there; null values never come here.
fn without_nulls(members: Map<String, Value>) -> Map<String, Value> {
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect()
}

fn decode_value(raw: RawValue<'_>) -> Value {
    raw.decode::<Tagged>().unwrap().0
}

fn decode(arguments: Arguments<'_>) -> Value {
    decode_value(RawValue::new(arguments.protocol(), arguments.bytes()))
}

fn check_read(vector: &Vector) {
    let protocol = vector.hub_protocol().unwrap();
    let message = match protocol {
        Protocol::Json => without_undefined(&vector.message),
        Protocol::MessagePack => vector.message.clone(),
    };
    let messages = match expected(&message) {
        Value::Array(messages) => messages,
        message => vec![message],
    };
    assert_eq!(read(protocol, &vector.bytes), messages, "{}", vector.name);
}

#[test]
fn messages_of_either_side_are_read() {
    let mut count = 0;
    for protocol in ["json", "messagepack"] {
        for direction in ["client-to-server", "server-to-client", "both"] {
            for vector in group(protocol, direction) {
                check_read(&vector);
                count += 1;
            }
        }
    }
    assert_eq!(count, 28 + 26 + 4 + 55 + 35 + 17);
}

/// Writes the message; `None` if it holds what this crate never writes.
fn write(protocol: Protocol, message: &Value) -> Option<Vec<u8>> {
    if message.get("headers").is_some() || holds_date(message) {
        return None;
    }
    let text = |name: &str| message.get(name).and_then(Value::as_str);
    let id = text("invocationId");
    let number = |name: &str| message[name].as_u64().unwrap();
    let encoded = match number("type") {
        1 => invocation(protocol, id, text("target").unwrap(), &message["arguments"]),
        2 => Encoded::stream_item(protocol, id.unwrap(), &Plain(&message["item"])),
        3 => match (message.get("result"), text("error")) {
            (Some(result), None) => {
                Encoded::completion_value(protocol, id.unwrap(), &Plain(result))
            }
            (None, Some(error)) => Ok(Encoded::completion_error(protocol, id.unwrap(), error)),
            (None, None) => Ok(Encoded::completion_void(protocol, id.unwrap())),
            (Some(_), Some(_)) => panic!("never sent"),
        },
        6 => return Some(Encoded::ping(protocol).to_vec()),
        7 => {
            let allow_reconnect = message.get("allowReconnect").is_some();
            Ok(Encoded::close(protocol, text("error"), allow_reconnect))
        }
        8 => Ok(Encoded::ack(protocol, number("sequenceId"))),
        9 => Ok(Encoded::sequence(protocol, number("sequenceId"))),
        other => panic!("type {other}"),
    };
    Some(encoded.unwrap().payload().to_vec())
}

fn invocation(
    protocol: Protocol,
    id: Option<&str>,
    target: &str,
    arguments: &Value,
) -> Result<Encoded, EncodeError> {
    match &arguments.as_array().unwrap()[..] {
        [] => Encoded::invocation(protocol, id, target, &(), &[]),
        [a] => Encoded::invocation(protocol, id, target, &(&Plain(a),), &[]),
        [a, b] => Encoded::invocation(protocol, id, target, &(&Plain(a), &Plain(b)), &[]),
        more => panic!("{} arguments", more.len()),
    }
}

#[test]
fn servers_write_the_canonical_bytes() {
    let mut written = 0;
    let mut never_written = Vec::new();
    for vector in group("json", "server-to-client")
        .into_iter()
        .chain(group("messagepack", "server-to-client"))
    {
        match write(vector.hub_protocol().unwrap(), &vector.message) {
            Some(bytes) => {
                let [bytes, expected] =
                    [&bytes, &vector.bytes].map(|bytes| bytes.escape_ascii().to_string());
                assert_eq!(bytes, expected, "{}", vector.name);
                written += 1;
            }
            None => never_written.push(vector.name),
        }
    }
    assert_eq!(
        never_written,
        [
            "json/s2c/headers",
            "messagepack/s2c/headers",
            "messagepack/s2c/value-timestamp32",
            "messagepack/s2c/value-timestamp64",
            "messagepack/s2c/complex-object",
        ]
    );
    assert_eq!(written, 26 + 35 - never_written.len());
}
