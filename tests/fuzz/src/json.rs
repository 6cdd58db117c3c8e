//! A hub message in JSON: the input is its body, without the separator.

use hub_core::protocol::{MAX_DEPTH, Message, ParseError, Protocol};
use serde::de::IgnoredAny;

use crate::meaning::{Invocation, Meaning, Outcome};
use crate::tree::Tree;
use crate::typed;

/// Our reader finds in a message what `serde_json` finds in it, and writes what it finds.
pub fn check(body: &[u8]) {
    let message = Message::parse(Protocol::Json, body);
    let Ok(text) = str::from_utf8(body) else {
        assert_eq!(message, Err(ParseError::Json));
        return;
    };
    match &message {
        Ok(_) => assert!(serde_json::from_str::<IgnoredAny>(text).is_ok(), "{text}"),
        Err(error) => assert!(error.to_string().len() < 300),
    }
    let read = message.as_ref().ok().map(Meaning::of);
    // Values stay unread in a message, so that the tree may fail where the message does not: by a
    // number beyond all floats, or by half a character.
    let tree = serde_json::from_str::<Tree>(text).ok();
    if let Some(tree) = &tree {
        assert_eq!(read, expected(tree), "{text}");
    }
    if let Some(read) = read {
        read.check_round_trip();
    }
    if let Ok(Message::Invocation(call)) = &message {
        let arguments = tree.as_ref().and_then(|tree| tree.member("arguments"));
        typed::check(call.arguments, arguments);
    }
}

/// What the message means (SignalR wire specification, section 10.1); `None` if it must be refused.
fn expected(root: &Tree) -> Option<Meaning> {
    let Tree::Map(_) = root else {
        return None;
    };
    if root.depth() > MAX_DEPTH {
        return None;
    }
    let kind = root.member("type")?.integer()?;
    let headers = match kind {
        1..=5 => headers(root.member("headers"))?,
        _ => Vec::new(),
    };
    Some(match kind {
        1 | 4 => Meaning::Invocation(invocation(root, kind == 4, headers)?),
        2 => Meaning::StreamItem {
            id: id(root)??,
            item: Some(root.member("item").cloned().unwrap_or(Tree::Null)),
        },
        3 => Meaning::Completion {
            id: id(root)??,
            outcome: outcome(root)?,
        },
        5 => Meaning::CancelInvocation(id(root)??),
        6 => Meaning::Ping,
        7 => Meaning::Close {
            error: optional_text(root.member("error"))?,
            allow_reconnect: match root.member("allowReconnect") {
                None => false,
                Some(Tree::Bool(allow)) => *allow,
                Some(_) => return None,
            },
        },
        8 => Meaning::Ack(sequence_id(root)?),
        9 => Meaning::Sequence(sequence_id(root)?),
        unknown => Meaning::Unknown(unknown),
    })
}

fn invocation(root: &Tree, streaming: bool, headers: Vec<(String, String)>) -> Option<Invocation> {
    let id = id(root)?;
    if streaming && id.is_none() {
        return None;
    }
    let target = root.member("target")?.text()?;
    let arguments = root.member("arguments")?;
    (!target.is_empty() && matches!(arguments, Tree::Array(_))).then_some(())?;
    Some(Invocation {
        id,
        streaming,
        target: target.to_owned(),
        arguments: Some(arguments.clone()),
        stream_ids: stream_ids(root.member("streamIds"))?,
        headers,
    })
}

fn outcome(root: &Tree) -> Option<Outcome> {
    let error = optional_text(root.member("error"))?;
    match (error, root.member("result")) {
        (Some(_), Some(_)) => None,
        (Some(error), None) => Some(Outcome::Error(error)),
        (None, Some(result)) => Some(Outcome::Value(Some(result.clone()))),
        (None, None) => Some(Outcome::Void),
    }
}

/// Texts that may be missing or null: the outer `None` is for another type.
fn optional_text(member: Option<&Tree>) -> Option<Option<String>> {
    match member {
        None | Some(Tree::Null) => Some(None),
        Some(other) => other.text().map(|text| Some(text.to_owned())),
    }
}

/// An id that says nothing is none.
fn id(root: &Tree) -> Option<Option<String>> {
    let id = optional_text(root.member("invocationId"))?;
    Some(id.filter(|id| !id.is_empty()))
}

fn sequence_id(root: &Tree) -> Option<u64> {
    match root.member("sequenceId")? {
        Tree::Unsigned(number) => Some(*number),
        _ => None,
    }
}

fn stream_ids(member: Option<&Tree>) -> Option<Vec<String>> {
    match member {
        None | Some(Tree::Null) => Some(Vec::new()),
        Some(Tree::Array(ids)) => {
            let ids = ids.iter().map(|id| id.text().map(str::to_owned));
            ids.collect()
        }
        Some(_) => None,
    }
}

fn headers(member: Option<&Tree>) -> Option<Vec<(String, String)>> {
    match member {
        None | Some(Tree::Null) => Some(Vec::new()),
        Some(Tree::Map(pairs)) => {
            let texts = pairs
                .iter()
                .map(|(key, value)| Some((key.text()?.to_owned(), value.text()?.to_owned())));
            texts.collect()
        }
        Some(_) => None,
    }
}
