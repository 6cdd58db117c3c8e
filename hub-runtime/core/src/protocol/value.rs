//! Values that stay bytes until their type is known.

use serde::Deserialize;

use super::{Protocol, json, message_pack};

/// One value of a message: a stream item, a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RawValue<'a>(pub(super) Raw<'a>);

/// Raw content. JSON is known to be UTF-8, so decoding need not look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Raw<'a> {
    Json(&'a str),
    MessagePack(&'a [u8]),
}

impl<'a> RawValue<'a> {
    /// A value written in `protocol`. The bytes are judged when they are decoded.
    pub fn new(protocol: Protocol, bytes: &'a [u8]) -> Self {
        Self(Raw::new(protocol, bytes))
    }

    /// A value written in JSON. The text is judged when it is decoded.
    pub const fn json(text: &'a str) -> Self {
        Self(Raw::Json(text))
    }

    /// A value written in MessagePack. The bytes are judged when they are decoded.
    pub const fn message_pack(bytes: &'a [u8]) -> Self {
        Self(Raw::MessagePack(bytes))
    }

    /// The protocol the value is written in.
    pub const fn protocol(self) -> Protocol {
        self.0.protocol()
    }

    /// The value as it was written.
    pub const fn bytes(self) -> &'a [u8] {
        self.0.bytes()
    }

    /// Reads the value as a `T`, which may borrow from the received bytes.
    pub fn decode<T: Deserialize<'a>>(self) -> Result<T, ValueError> {
        match self.0 {
            Raw::Json(text) => json::from_str(text).map_err(ValueError::Json),
            Raw::MessagePack(bytes) => {
                message_pack::from_slice(bytes).map_err(ValueError::MessagePack)
            }
        }
    }
}

/// A value that outlives the message it came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedValue(Owned);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Owned {
    Json(Box<str>),
    MessagePack(Box<[u8]>),
}

impl OwnedValue {
    /// The value for decoding.
    pub const fn as_raw(&self) -> RawValue<'_> {
        match &self.0 {
            Owned::Json(text) => RawValue::json(text),
            Owned::MessagePack(bytes) => RawValue::message_pack(bytes),
        }
    }
}

impl From<RawValue<'_>> for OwnedValue {
    fn from(value: RawValue<'_>) -> Self {
        Self(match value.0 {
            Raw::Json(text) => Owned::Json(text.into()),
            Raw::MessagePack(bytes) => Owned::MessagePack(bytes.into()),
        })
    }
}

impl<'a> Raw<'a> {
    /// Bytes that are not UTF-8 are no JSON, and neither is the empty text they become.
    pub(super) fn new(protocol: Protocol, bytes: &'a [u8]) -> Self {
        match protocol {
            Protocol::Json => Self::Json(str::from_utf8(bytes).unwrap_or_default()),
            Protocol::MessagePack => Self::MessagePack(bytes),
        }
    }

    pub(super) const fn protocol(self) -> Protocol {
        match self {
            Self::Json(_) => Protocol::Json,
            Self::MessagePack(_) => Protocol::MessagePack,
        }
    }

    pub(super) const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Json(text) => text.as_bytes(),
            Self::MessagePack(bytes) => bytes,
        }
    }
}

/// A value that is not what the receiver expects.
///
/// The text may quote the value, so it belongs into a log and not to a peer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ValueError {
    /// A JSON value does not fit.
    #[error(transparent)]
    Json(serde_json::Error),
    /// A MessagePack value does not fit.
    #[error(transparent)]
    MessagePack(message_pack::DecodeError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_judged_when_they_are_decoded() {
        let value = |protocol, bytes| RawValue::new(protocol, bytes).decode::<String>().ok();
        assert_eq!(value(Protocol::Json, b"\"a\""), Some("a".to_owned()));
        assert_eq!(value(Protocol::Json, b"\"\xff\""), None);
        assert_eq!(value(Protocol::Json, b"\"a\" 1"), None);
        assert_eq!(value(Protocol::MessagePack, b"\xa1a"), Some("a".to_owned()));
        assert_eq!(value(Protocol::MessagePack, b"\xa1\xff"), None);
        assert_eq!(value(Protocol::MessagePack, b"\xa1a\xc0"), None);
    }

    #[test]
    fn values_borrow_from_what_was_received() {
        let text: &str = RawValue::message_pack(b"\xa1a").decode().unwrap();
        assert_eq!(text, "a");
        let text: &str = RawValue::json("\"a\"").decode().unwrap();
        assert_eq!(text, "a");
    }
}
