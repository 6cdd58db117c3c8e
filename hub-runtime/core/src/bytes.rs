//! Binary values in contracts.

use std::fmt;
use std::ops::Deref;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

/// Bytes in an argument, an item or a result: base64 text over JSON and binary over MessagePack,
/// as .NET's `byte[]`.
///
/// A `Vec<u8>` works too, but travels as a list of numbers. Cloning shares the bytes. A page that
/// uses the generated TypeScript holds a `Uint8Array`, in both protocols.
///
/// ```
/// # use hub_core as hub_runtime;
/// use hub_runtime::Bytes;
///
/// let picture = Bytes::from(vec![0x89, b'P', b'N', b'G']);
/// assert_eq!(picture.len(), 4);
/// assert!(picture.starts_with(&[0x89]));
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bytes(bytes::Bytes);

impl Bytes {
    /// The bytes as the `bytes` crate has them, without copying.
    pub fn into_inner(self) -> bytes::Bytes {
        self.0
    }
}

impl Deref for Bytes {
    type Target = bytes::Bytes;

    fn deref(&self) -> &bytes::Bytes {
        &self.0
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes::Bytes::copy_from_slice(bytes))
    }
}

impl From<bytes::Bytes> for Bytes {
    fn from(bytes: bytes::Bytes) -> Self {
        Self(bytes)
    }
}

impl From<Bytes> for bytes::Bytes {
    fn from(bytes: Bytes) -> Self {
        bytes.0
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Asking for bytes would make serde_json hand over the text undecoded.
        deserializer.deserialize_any(BytesVisitor)
    }
}

struct BytesVisitor;

impl<'de> Visitor<'de> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes, as base64 text, binary or a list of numbers")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
        STANDARD.decode(text).map(Bytes::from).map_err(E::custom)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(bytes.into())
    }

    fn visit_byte_buf<E: Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(bytes.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Bytes, A::Error> {
        let mut bytes = Vec::new();
        while let Some(number) = numbers.next_element::<u8>()? {
            bytes.push(number);
        }
        Ok(bytes.into())
    }
}

crate::contract::named_in_typescript!(Bytes, "Uint8Array", {
    "type": "string",
    "contentEncoding": "base64"
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Encoded, Message, Protocol, RawValue};

    fn check(value: RawValue<'_>, expected: Option<&[u8]>) {
        let bytes = value.decode::<Bytes>().ok();
        assert_eq!(bytes.as_deref().map(AsRef::as_ref), expected, "{value:?}");
    }

    #[test]
    fn bytes_are_read_from_every_form() {
        check(RawValue::json("\"aGVsbG8=\""), Some(b"hello"));
        check(RawValue::json("[1,255]"), Some(b"\x01\xff"));
        check(RawValue::json("\"\""), Some(b""));
        check(RawValue::json("\"not base64!\""), None);
        check(RawValue::json("[256]"), None);
        check(RawValue::json("null"), None);
        check(
            RawValue::message_pack(b"\xc4\x02\x01\xff"),
            Some(b"\x01\xff"),
        );
        check(RawValue::message_pack(b"\xa8aGVsbG8="), Some(b"hello"));
        check(
            RawValue::message_pack(b"\x92\x01\xcc\xff"),
            Some(b"\x01\xff"),
        );
    }

    #[derive(serde::Serialize, serde::Deserialize, PartialEq, Debug)]
    #[serde(tag = "kind")]
    enum Tagged {
        File { content: Bytes },
    }

    #[test]
    fn bytes_survive_both_protocols_inside_tagged_enums() {
        for protocol in Protocol::ALL {
            let value = Tagged::File {
                content: vec![0, 1, 0x1e, 255].into(),
            };
            let encoded = Encoded::stream_item(protocol, "1", &value).unwrap();
            let body = match protocol {
                Protocol::Json => encoded.payload().strip_suffix(b"\x1e").unwrap(),
                Protocol::MessagePack => &encoded.payload()[1..],
            };
            let Ok(Message::StreamItem { item, .. }) = Message::parse(protocol, body) else {
                panic!("{protocol:?}");
            };
            assert_eq!(item.decode::<Tagged>().unwrap(), value);
        }
    }
}
