//! The `json` protocol (SignalR wire specification, section 10.1).
//!
//! Reading has two steps. [`Members`] holds the members of the message as raw slices; two readers
//! produce it, a quick [`scanner`] for the way clients write and a thorough one over `serde_json`
//! for everything else. What the slices mean is decided once, in [`parse`]'s second step. Most
//! messages are calls, and most of those need neither: [`call`] reads them in one step.

#[cfg(test)]
mod agreement;
mod call;
mod decode;
mod escape;
mod members;
mod scanner;
mod serializer;
mod skip;
mod text;
mod writer;

use std::borrow::Cow;

use self::members::Members;
use self::text::short_run;
use super::error::shortened;
use super::headers::Text;
use super::{
    Arguments, CompletionOutcome, Headers, Invocation, MAX_DEPTH, Message, ParseError, RawValue,
};

pub(super) use self::decode::{from_str, visit_array};
pub(crate) use self::escape::write_string;
pub(super) use self::members::read_object;
pub(crate) use self::writer::write_value;
pub(super) use self::writer::{
    write_cancel_invocation, write_close, write_completion_error, write_completion_void, write_end,
    write_head, write_invocation_end, write_sequence_id,
};

/// How `serde_json` marks a text that is JSON already.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// How deep a value may nest that stands inside the message's own object.
const MAX_VALUE_DEPTH: usize = MAX_DEPTH - 1;

/// Reads one message, given without its separator.
pub(super) fn parse_bytes(body: &[u8]) -> Result<Message<'_>, ParseError> {
    parse(str::from_utf8(body).map_err(|_| ParseError::Json)?)
}

/// The same where it is known to be text.
pub(super) fn parse(text: &str) -> Result<Message<'_>, ParseError> {
    if let Some(call) = call::read(text) {
        return Ok(Message::Invocation(call));
    }
    let members = match scanner::scan(text) {
        Some(members) => members,
        None => members::read(text)?,
    };
    interpret(&members)
}

fn interpret<'a>(members: &Members<'a>) -> Result<Message<'a>, ParseError> {
    let kind = members.kind.ok_or(ParseError::MissingProperty("type"))?;
    let kind = integer(kind, "type")?;
    // Only these have headers, and they must be sound also where nobody reads them.
    let headers = match kind {
        1..=5 => headers(members)?,
        _ => Headers::default(),
    };
    match kind {
        1 => invocation(members, headers, false),
        2 => Ok(Message::StreamItem {
            invocation_id: required_id(members)?,
            // The TypeScript client leaves out an undefined item (section 21).
            item: RawValue::json(members.item.unwrap_or("null")),
        }),
        3 => completion(members),
        4 => invocation(members, headers, true),
        5 => Ok(Message::CancelInvocation {
            invocation_id: required_id(members)?,
        }),
        6 => Ok(Message::Ping),
        7 => close(members),
        8 => Ok(Message::Ack(sequence_id(members)?)),
        9 => Ok(Message::Sequence(sequence_id(members)?)),
        unknown => Ok(Message::Unknown(unknown)),
    }
}

fn invocation<'a>(
    members: &Members<'a>,
    headers: Headers<'a>,
    streaming: bool,
) -> Result<Message<'a>, ParseError> {
    let invocation_id = if streaming {
        Some(required_id(members)?)
    } else {
        optional_id(members)?
    };
    let target = match members.target {
        Some(raw) => members.string(raw, "target")?,
        None => Cow::Borrowed(""),
    };
    if target.is_empty() {
        return Err(ParseError::MissingProperty("target"));
    }
    let arguments = members
        .arguments
        .ok_or(ParseError::MissingProperty("arguments"))?;
    if !arguments.starts_with('[') {
        return Err(wrong_type("arguments", "Array"));
    }
    Ok(Message::Invocation(Invocation {
        invocation_id,
        streaming,
        target,
        arguments: Arguments::json(arguments),
        stream_ids: stream_ids(members)?,
        headers,
    }))
}

fn completion<'a>(members: &Members<'a>) -> Result<Message<'a>, ParseError> {
    let invocation_id = required_id(members)?;
    let outcome = match (
        optional_string(members, members.error, "error")?,
        members.result,
    ) {
        (Some(_), Some(_)) => return Err(ParseError::ResultAndError),
        (Some(error), None) => CompletionOutcome::Error(error),
        (None, Some(result)) => CompletionOutcome::Value(RawValue::json(result)),
        (None, None) => CompletionOutcome::Void,
    };
    Ok(Message::Completion {
        invocation_id,
        outcome,
    })
}

fn close<'a>(members: &Members<'a>) -> Result<Message<'a>, ParseError> {
    Ok(Message::Close {
        error: optional_string(members, members.error, "error")?,
        allow_reconnect: match members.allow_reconnect {
            Some("true") => true,
            Some("false") | None => false,
            Some(_) => return Err(wrong_type("allowReconnect", "Boolean")),
        },
    })
}

const fn wrong_type(property: &'static str, expected: &'static str) -> ParseError {
    ParseError::PropertyType { property, expected }
}

pub(super) fn integer<T: std::str::FromStr>(
    raw: &str,
    property: &'static str,
) -> Result<T, ParseError> {
    raw.parse().map_err(|_| wrong_type(property, "Number"))
}

fn sequence_id(members: &Members<'_>) -> Result<u64, ParseError> {
    let raw = members
        .sequence_id
        .ok_or(ParseError::MissingProperty("sequenceId"))?;
    integer(raw, "sequenceId")
}

/// An id that says nothing counts as none, as in MessagePack.
fn optional_id<'a>(members: &Members<'a>) -> Result<Option<Cow<'a, str>>, ParseError> {
    let id = optional_string(members, members.invocation_id, "invocationId")?;
    Ok(id.filter(|id| !id.is_empty()))
}

fn required_id<'a>(members: &Members<'a>) -> Result<Cow<'a, str>, ParseError> {
    optional_id(members)?.ok_or(ParseError::MissingProperty("invocationId"))
}

fn optional_string<'a>(
    members: &Members<'a>,
    raw: Option<&'a str>,
    property: &'static str,
) -> Result<Option<Cow<'a, str>>, ParseError> {
    match raw {
        None | Some("null") => Ok(None),
        Some(raw) => members.string(raw, property).map(Some),
    }
}

pub(super) fn string<'a>(raw: &'a str, property: &'static str) -> Result<Cow<'a, str>, ParseError> {
    let [b'"', inner @ .., b'"'] = raw.as_bytes() else {
        return Err(wrong_type(property, "String"));
    };
    if short_run(inner) == inner.len() {
        return Ok(Cow::Borrowed(&raw[1..=inner.len()]));
    }
    let unescaped = serde_json::from_str(raw).map_err(|_| ParseError::Json)?;
    Ok(Cow::Owned(unescaped))
}

fn stream_ids<'a>(members: &Members<'a>) -> Result<Vec<Cow<'a, str>>, ParseError> {
    let Some(raw) = members.stream_ids.filter(|&raw| raw != "null") else {
        return Ok(Vec::new());
    };
    if !raw.starts_with('[') {
        return Err(wrong_type("streamIds", "Array"));
    }
    let ids: Vec<Text<'a>> =
        serde_json::from_str(raw).map_err(|_| wrong_type("streamIds", "Array of String"))?;
    Ok(ids.into_iter().map(|Text(id)| id).collect())
}

fn headers<'a>(members: &Members<'a>) -> Result<Headers<'a>, ParseError> {
    let Some(raw) = members.headers.filter(|&raw| raw != "null") else {
        return Ok(Headers::default());
    };
    if !raw.starts_with('{') {
        return Err(wrong_type("headers", "Object"));
    }
    match members::first_not_string(raw)? {
        Some(name) => Err(ParseError::HeaderType(shortened(&name, 64))),
        None => Ok(Headers::checked(RawValue::json(raw))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both readers must find the same members in whatever the scanner accepts.
    fn check(body: &str, expected: &str) {
        agreement::agree(body);
        let members = members::read(body);
        let message = members.and_then(|members| interpret(&members));
        let found = match message {
            Ok(message) => format!("{message:?}"),
            Err(error) => error.to_string(),
        };
        assert!(found.contains(expected), "{body}: {found}");
    }

    #[test]
    fn properties_may_come_in_any_order_and_spelling() {
        check(r#"{"type":6}"#, "Ping");
        check(" { \"type\" :\t6 }\r\n", "Ping");
        check(r#"{"\u0074ype":6}"#, "Ping");
        check(r#"{"type":7,"type":6}"#, "Ping");
        check(r#"{"a":[{}],"b":{"c":[]},"type":6,"d":-1.5e+3}"#, "Ping");
        check(r#"{"Type":6}"#, "Missing required property 'type'.");
        check(
            r#"{"arguments":[1],"target":"A","type":1}"#,
            r#"target: "A""#,
        );
        check(
            r#"{"type":1,"target":"\u0041","arguments":[]}"#,
            r#"target: "A""#,
        );
    }

    #[test]
    fn what_says_nothing_counts_as_left_out() {
        check(
            r#"{"type":1,"invocationId":null,"target":"A","arguments":[]}"#,
            "invocation_id: None",
        );
        check(
            r#"{"type":1,"invocationId":"","target":"A","arguments":[]}"#,
            "invocation_id: None",
        );
        check(
            r#"{"type":3,"invocationId":"1","error":null,"result":1}"#,
            "Value",
        );
        check(r#"{"type":7,"error":null}"#, "error: None");
        check(r#"{"type":2,"invocationId":"1"}"#, r#"Json("null")"#);
    }

    #[test]
    fn wrong_types_are_named() {
        check(r#"{"type":"1"}"#, "Expected 'type' to be of type Number.");
        check(r#"{"type":1.0}"#, "Expected 'type' to be of type Number.");
        check(
            r#"{"type":1,"target":1,"arguments":[]}"#,
            "Expected 'target' to be of type String.",
        );
        check(
            r#"{"type":1,"target":"","arguments":[]}"#,
            "Missing required property 'target'.",
        );
        check(
            r#"{"type":3,"invocationId":"1","error":1}"#,
            "Expected 'error' to be of type String.",
        );
        check(
            r#"{"type":7,"allowReconnect":1}"#,
            "Expected 'allowReconnect' to be of type Boolean.",
        );
        check(
            r#"{"type":8,"sequenceId":-1}"#,
            "Expected 'sequenceId' to be of type Number.",
        );
        check(r#"{"type":9}"#, "Missing required property 'sequenceId'.");
        check(
            r#"{"type":1,"target":"A","arguments":[],"streamIds":[null]}"#,
            "Expected 'streamIds' to be of type Array of String.",
        );
        check(
            r#"{"type":1,"target":"A","arguments":[],"headers":[]}"#,
            "Expected 'headers' to be of type Object.",
        );
        for kind in 2..=5 {
            check(
                &format!(r#"{{"type":{kind},"invocationId":"1","headers":{{"a":1}}}}"#),
                "Expected header 'a' to be of type String.",
            );
        }
        check(r#"{"type":6,"headers":{"a":1}}"#, "Ping");
    }

    #[test]
    fn other_roots_are_named() {
        check("[]", "'Array'");
        check("\"\"", "'String'");
        check("-1", "'Number'");
        check("true", "'True'");
        check("false", "'False'");
        check("null", "'Null'");
    }

    #[test]
    fn broken_json_is_refused() {
        for body in [
            "",
            "{",
            "nope",
            "{nope",
            "{}}",
            "{\"type\":6,}",
            "{\"type\":06}",
            "{\"type\":6}/**/",
            "{\"type\":6,\"a\":\"\u{1}\"}",
            "{\"type\":6,\"a\":\"\\x\"}",
            "{\"type\":6,\"a\":[1 2]}",
            "{\"type\":6 \"a\":1}",
            "{'type':6}",
            "{\"type\":6,\"a\":1.}",
            "{\"type\":6,\"a\":{1:2}}",
        ] {
            check(body, "Error reading JSON.");
        }
        let not_text = b"{\"type\":6,\"a\":\"\xff\"}";
        assert_eq!(parse_bytes(not_text), Err(ParseError::Json));
    }

    #[test]
    fn nesting_is_bounded_where_it_is_skipped() {
        let nested = |depth| {
            format!(
                r#"{{"type":6,"a":{}{}}}"#,
                "[".repeat(depth),
                "]".repeat(depth)
            )
        };
        check(&nested(MAX_VALUE_DEPTH), "Ping");
        check(&nested(MAX_VALUE_DEPTH + 1), "Error reading JSON.");
        check(&nested(100_000), "Error reading JSON.");
        check(&"[{\"a\":".repeat(100_000), "'Array'");
        check(&"{\"a\":".repeat(100_000), "Error reading JSON.");
    }
}
