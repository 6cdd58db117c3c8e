//! A hub message in MessagePack: the input is its body, without the length.

use chrono::{DateTime, Datelike as _};
use hub_core::protocol::{MAX_DEPTH, Message, Protocol};
use rmpv::Value;

use crate::meaning::{Invocation, Meaning, Outcome};
use crate::tree::{Float, Tree};
use crate::typed;

/// Our reader finds in a message what `rmpv` finds in it, and writes what it finds.
pub fn check(body: &[u8]) {
    let message = Message::parse(Protocol::MessagePack, body);
    if let Err(error) = &message {
        assert!(error.to_string().len() < 300);
    }
    let read = message.as_ref().ok().map(Meaning::of);
    // The byte 0xc1 begins no value, but rmpv takes it for nil.
    if read.is_some() || !body.contains(&0xc1) {
        assert_eq!(read, expected(body), "{}", body.escape_ascii());
    }
    if let Some(read) = &read {
        read.check_round_trip();
    }
    if let (Ok(Message::Invocation(call)), Some(Meaning::Invocation(read))) = (&message, &read) {
        typed::check(call.arguments, read.arguments.as_ref());
    }
}

/// What the message means (SignalR wire specification, section 10.2); `None` if it must be refused.
fn expected(body: &[u8]) -> Option<Meaning> {
    let mut items = Items::begin(body)?;
    Some(match items.integer()? {
        kind @ (1 | 4) => Meaning::Invocation(invocation(&mut items, kind == 4)?),
        2 => {
            items.headers()?;
            Meaning::StreamItem {
                id: items.required()?,
                item: tree(&items.value()?),
            }
        }
        3 => {
            items.headers()?;
            Meaning::Completion {
                id: items.required()?,
                outcome: match items.integer()? {
                    1 => Outcome::Error(items.text()?.unwrap_or_default()),
                    2 => Outcome::Void,
                    3 => Outcome::Value(tree(&items.value()?)),
                    _ => return None,
                },
            }
        }
        5 => {
            items.headers()?;
            Meaning::CancelInvocation(items.required()?)
        }
        6 => Meaning::Ping,
        7 => Meaning::Close {
            error: items.text()?.filter(|error| !error.is_empty()),
            allow_reconnect: items.left > 0 && items.value()?.as_bool()?,
        },
        8 => Meaning::Ack(items.value()?.as_u64()?),
        9 => Meaning::Sequence(items.value()?.as_u64()?),
        unknown => Meaning::Unknown(unknown),
    })
}

fn invocation(items: &mut Items<'_>, streaming: bool) -> Option<Invocation> {
    let headers = items.headers()?;
    let id = items.text()?.filter(|id| !id.is_empty());
    if streaming && id.is_none() {
        return None;
    }
    let target = items.required()?;
    let arguments = items.value()?;
    arguments.is_array().then_some(())?;
    Some(Invocation {
        id,
        streaming,
        target,
        arguments: tree(&arguments),
        stream_ids: items.stream_ids()?,
        headers,
    })
}

/// The items of the message's array, one by one.
struct Items<'a> {
    rest: &'a [u8],
    left: u32,
}

impl<'a> Items<'a> {
    fn begin(mut body: &'a [u8]) -> Option<Self> {
        let left = rmp::decode::read_array_len(&mut body).ok()?;
        // More items than bytes is a lie, also where nobody reads the last ones.
        (left as usize <= body.len()).then_some(Self { rest: body, left })
    }

    fn value(&mut self) -> Option<Value> {
        self.left = self.left.checked_sub(1)?;
        let value = rmpv::decode::read_value_with_max_depth(&mut self.rest, 4 * MAX_DEPTH).ok()?;
        // The message's own array is a level too.
        (depth(&value) < MAX_DEPTH).then_some(value)
    }

    fn integer(&mut self) -> Option<i64> {
        self.value()?.as_i64()
    }

    fn text(&mut self) -> Option<Option<String>> {
        match self.value()? {
            Value::Nil => Some(None),
            value => value.as_str().map(|text| Some(text.to_owned())),
        }
    }

    fn required(&mut self) -> Option<String> {
        self.text()?.filter(|text| !text.is_empty())
    }

    fn headers(&mut self) -> Option<Vec<(String, String)>> {
        let Value::Map(pairs) = self.value()? else {
            return None;
        };
        let texts = pairs
            .iter()
            .map(|(key, value)| Some((some_text(key)?, some_text(value)?)));
        texts.collect()
    }

    fn stream_ids(&mut self) -> Option<Vec<String>> {
        if self.left == 0 {
            return Some(Vec::new());
        }
        match self.value()? {
            Value::Nil => Some(Vec::new()),
            Value::Array(ids) => ids.iter().map(some_text).collect(),
            _ => None,
        }
    }
}

fn some_text(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned)
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(members) => {
            let inside = members.iter().flat_map(|(key, value)| [key, value]);
            1 + inside.map(depth).max().unwrap_or(0)
        }
        _ => 0,
    }
}

/// The value as our reader shows it, or `None` if it holds what no type can be made of.
fn tree(value: &Value) -> Option<Tree> {
    Some(match value {
        Value::Nil => Tree::Null,
        Value::Boolean(value) => Tree::Bool(*value),
        Value::Integer(value) => match value.as_u64() {
            Some(value) => Tree::Unsigned(value),
            None => Tree::Negative(value.as_i64()?),
        },
        Value::F32(value) => Tree::Float(Float((*value).into())),
        Value::F64(value) => Tree::Float(Float(*value)),
        Value::String(text) => Tree::Text(text.as_str()?.to_owned()),
        Value::Binary(bytes) => Tree::Bytes(bytes.clone()),
        Value::Array(items) => Tree::Array(items.iter().map(tree).collect::<Option<_>>()?),
        Value::Map(members) => {
            let members = members
                .iter()
                .map(|(key, value)| Some((tree(key)?, tree(value)?)));
            Tree::Map(members.collect::<Option<_>>()?)
        }
        Value::Ext(-1, data) => Tree::Text(timestamp(data)?),
        Value::Ext(..) => return None,
    })
}

/// The RFC 3339 text of a timestamp in any of its three forms, by another calendar.
fn timestamp(data: &[u8]) -> Option<String> {
    let (seconds, nanoseconds) = match data.len() {
        4 => (i64::from(u32::from_be_bytes(data.try_into().ok()?)), 0),
        8 => {
            let both = u64::from_be_bytes(data.try_into().ok()?);
            let seconds = i64::try_from(both % (1 << 34)).ok()?;
            (seconds, u32::try_from(both >> 34).ok()?)
        }
        12 => (
            i64::from_be_bytes(data[4..].try_into().ok()?),
            u32::from_be_bytes(data[..4].try_into().ok()?),
        ),
        _ => return None,
    };
    // What chrono takes beyond that are leap seconds.
    (nanoseconds < 1_000_000_000).then_some(())?;
    let time = DateTime::from_timestamp(seconds, nanoseconds)?;
    (0..=9999).contains(&time.year()).then_some(())?;
    let text = time.format("%Y-%m-%dT%H:%M:%S%.9f").to_string();
    let text = text.trim_end_matches('0').trim_end_matches('.');
    Some(format!("{text}Z"))
}
