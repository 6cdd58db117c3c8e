//! The members of a message as raw slices, and the thorough way to find them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::skip::skip_value;
use super::{MAX_VALUE_DEPTH, string, wrong_type};
use crate::protocol::ParseError;

macro_rules! members {
    ($($field:ident = $name:literal,)*) => {
        /// The properties the protocol knows, each as the JSON text of its value.
        #[derive(Debug, Default, Clone, PartialEq, Eq)]
        pub(super) struct Members<'a> {
            $(pub(super) $field: Option<&'a str>,)*
            /// Whether texts may hold escapes, so that reading one takes another look.
            pub(super) has_escapes: bool,
        }

        impl<'a> Members<'a> {
            /// The place of the property `name`, if it is one of the protocol's.
            fn slot(&mut self, name: &str) -> Option<&mut Option<&'a str>> {
                match name {
                    $($name => Some(&mut self.$field),)*
                    _ => None,
                }
            }

            /// The place of the property whose name and colon `text` begins with, but for the
            /// opening quote; and how long they are.
            #[inline]
            pub(super) fn slot_at(&mut self, text: &[u8]) -> Option<(&mut Option<&'a str>, usize)> {
                $(
                    let name = concat!($name, "\":").as_bytes();
                    if text.starts_with(name) {
                        return Some((&mut self.$field, name.len()));
                    }
                )*
                None
            }
        }
    };
}

impl<'a> Members<'a> {
    /// The text that a member's value is.
    #[inline]
    pub(super) fn string(
        &self,
        raw: &'a str,
        property: &'static str,
    ) -> Result<Cow<'a, str>, ParseError> {
        if self.has_escapes {
            return string(raw, property);
        }
        let text = raw.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
        text.map(Cow::Borrowed)
            .ok_or(wrong_type(property, "String"))
    }
}

// In the order in which most messages have them.
members! {
    arguments = "arguments",
    invocation_id = "invocationId",
    target = "target",
    kind = "type",
    item = "item",
    stream_ids = "streamIds",
    headers = "headers",
    result = "result",
    error = "error",
    allow_reconnect = "allowReconnect",
    sequence_id = "sequenceId",
}

/// Finds the members with `serde_json`: any white space, escaped names, duplicates (the last one
/// counts). It alone decides what is an error.
pub(super) fn read(text: &str) -> Result<Members<'_>, ParseError> {
    read_object(text)
}

/// Reads an object; another root is an error that names it.
pub(in crate::protocol) fn read_object<'a, T: Deserialize<'a>>(
    text: &'a str,
) -> Result<T, ParseError> {
    if let Some(token) = other_root(text) {
        return Err(ParseError::NotAnObject(token));
    }
    serde_json::from_str(text).map_err(|_| ParseError::Json)
}

/// Names the root in the reference server's words if it is anything but an object.
fn other_root(text: &str) -> Option<&'static str> {
    let text = text.trim_ascii_start();
    match text.as_bytes().first()? {
        b'[' => Some("Array"),
        b'"' => Some("String"),
        b'-' | b'0'..=b'9' => Some("Number"),
        _ if text.starts_with("true") => Some("True"),
        _ if text.starts_with("false") => Some("False"),
        _ if text.starts_with("null") => Some("Null"),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a hub message")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
        let mut members = Members {
            has_escapes: true,
            ..Members::default()
        };
        while let Some(name) = map.next_key::<String>()? {
            // Raw values are skipped without recursion but also without a bound.
            let value = map.next_value::<&'de RawValue>()?.get();
            if skip_value(value.as_bytes(), 0, MAX_VALUE_DEPTH).is_none() {
                return Err(serde::de::Error::custom("nested too deeply"));
            }
            if let Some(slot) = members.slot(&name) {
                *slot = Some(value);
            }
        }
        Ok(members)
    }
}

/// The name of the first member of the object `raw` whose value is not a string.
pub(super) fn first_not_string(raw: &str) -> Result<Option<String>, ParseError> {
    let NotString(name) = serde_json::from_str(raw).map_err(|_| ParseError::Json)?;
    Ok(name)
}

struct NotString(Option<String>);

impl<'de> Deserialize<'de> for NotString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NotStringVisitor)
    }
}

struct NotStringVisitor;

impl<'de> Visitor<'de> for NotStringVisitor {
    type Value = NotString;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("headers")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<NotString, A::Error> {
        let mut found = None;
        while let Some((name, value)) = map.next_entry::<String, &'de RawValue>()? {
            if value.get().starts_with('"') {
                // Escapes are checked now, so that reading the pairs later cannot fail.
                serde_json::from_str::<String>(value.get()).map_err(serde::de::Error::custom)?;
            } else if found.is_none() {
                found = Some(name);
            }
        }
        Ok(NotString(found))
    }
}
