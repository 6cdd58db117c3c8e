//! Hub messages, as JSON values whatever they travel as.

use serde_json::{Value, json};

/// A hub protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Json,
    MessagePack,
}

impl Protocol {
    pub(crate) fn handshake(self) -> &'static str {
        match self {
            Self::Json => "{\"protocol\":\"json\",\"version\":1}\u{1e}",
            Self::MessagePack => "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}",
        }
    }

    /// A message with its separator or its length.
    pub(crate) fn write(self, message: &Value) -> Vec<u8> {
        match self {
            Self::Json => format!("{message}\u{1e}").into_bytes(),
            Self::MessagePack => {
                let body = rmp_serde::to_vec(&as_array(message)).expect("a value");
                prefixed(&body)
            }
        }
    }

    /// A call with an id.
    pub(crate) fn call(self, id: &str, target: &str, arguments: &Value) -> Vec<u8> {
        self.write(
            &json!({"type": 1, "invocationId": id, "target": target, "arguments": arguments}),
        )
    }

    /// The whole messages in what a transport has brought.
    pub(crate) fn read(self, mut bytes: &[u8]) -> Vec<Value> {
        let mut messages = Vec::new();
        while !bytes.is_empty() {
            let message = match self {
                Self::Json => {
                    let end = bytes.iter().position(|byte| *byte == 0x1e);
                    let (record, rest) = bytes.split_at(end.expect("a whole message"));
                    bytes = &rest[1..];
                    serde_json::from_slice(record).expect("JSON")
                }
                Self::MessagePack => {
                    let body = take_prefixed(&mut bytes);
                    from_array(&rmp_serde::from_slice(body).expect("MessagePack"))
                }
            };
            messages.push(message);
        }
        messages
    }
}

/// Puts a length in front.
pub(crate) fn prefixed(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = body.len();
    while rest > 0x7f {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes.extend_from_slice(body);
    bytes
}

fn take_prefixed<'a>(bytes: &mut &'a [u8]) -> &'a [u8] {
    let (mut length, mut shift) = (0, 0);
    while let [byte, rest @ ..] = *bytes {
        *bytes = rest;
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let (body, rest) = bytes.split_at(length);
    *bytes = rest;
    body
}

/// The form of the wire specification, section 10.2.
fn as_array(message: &Value) -> Value {
    let id = &message["invocationId"];
    let kind = message["type"].as_u64().expect("a type");
    match kind {
        1 | 4 => json!([
            kind,
            {},
            id,
            message["target"],
            message["arguments"],
            message.get("streamIds").unwrap_or(&json!([]))
        ]),
        2 => json!([2, {}, id, message["item"]]),
        3 => match (message.get("error"), message.get("result")) {
            (Some(error), _) => json!([3, {}, id, 1, error]),
            (None, None) => json!([3, {}, id, 2]),
            (None, Some(result)) => json!([3, {}, id, 3, result]),
        },
        5 => json!([5, {}, id]),
        6 => json!([6]),
        7 => json!([7, message["error"]]),
        _ => json!([kind, message["sequenceId"]]),
    }
}

fn from_array(message: &Value) -> Value {
    match message[0].as_u64().expect("a type") {
        kind @ (1 | 4) => {
            json!({"type": kind, "invocationId": message[2], "target": message[3],
                   "arguments": message[4]})
        }
        2 => json!({"type": 2, "invocationId": message[2], "item": message[3]}),
        3 => match message[3].as_u64() {
            Some(1) => json!({"type": 3, "invocationId": message[2], "error": message[4]}),
            Some(2) => json!({"type": 3, "invocationId": message[2]}),
            _ => json!({"type": 3, "invocationId": message[2], "result": message[4]}),
        },
        6 => json!({"type": 6}),
        7 if message[1].is_null() => json!({"type": 7, "allowReconnect": message[2]}),
        7 => json!({"type": 7, "error": message[1], "allowReconnect": message[2]}),
        kind => json!({"type": kind, "sequenceId": message[1]}),
    }
}
