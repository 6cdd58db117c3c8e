use crate::contract::WireType;
use crate::protocol::writes_message_pack;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::ops::Deref;

/// A moment in an argument, an item or a result: text over JSON, as `DateTime<Utc>` itself is, and
/// a timestamp over MessagePack, where that is text too.
///
/// This is what .NET servers write for a `DateTime`. Use it where clients that speak MessagePack
/// expect that: .NET clients read nothing else as a `DateTime`, and JavaScript's client library
/// makes a `Date` of it. Either form is read in both protocols.
///
/// ```
/// # use hub_core as hub_runtime;
/// use chrono::DateTime;
/// use hub_runtime::Timestamp;
///
/// let moment = Timestamp::from(DateTime::from_timestamp(1_017_656_415, 0).unwrap());
/// assert_eq!(moment.to_string(), "2002-04-01T10:20:15Z");
/// ```
///
/// A page that uses the generated TypeScript holds a `string` in both protocols, or a `Date` where
/// `hub-codegen` was told so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(DateTime<Utc>);

/// The name by which the writer of MessagePack knows an extension; its value is a pair of the
/// extension's number and its bytes.
const EXTENSION: &str = rmp_serde::MSGPACK_EXT_STRUCT_NAME;
/// The number of the timestamp extension.
const NUMBER: i8 = -1;

impl Timestamp {
    /// The moment as `chrono` has it.
    #[must_use]
    pub fn into_inner(self) -> DateTime<Utc> {
        self.0
    }

    /// The shortest of the three forms (wire specification, section 11.2).
    fn extension(self) -> Vec<u8> {
        let (seconds, nanoseconds) = (self.0.timestamp(), self.0.timestamp_subsec_nanos());
        // A leap second is written as the second after it.
        let seconds = seconds + i64::from(nanoseconds / 1_000_000_000);
        let nanoseconds = nanoseconds % 1_000_000_000;
        match (u32::try_from(seconds), u64::try_from(seconds)) {
            (Ok(short), _) if nanoseconds == 0 => short.to_be_bytes().to_vec(),
            (_, Ok(long)) if long < 1 << 34 => {
                let both = u64::from(nanoseconds) << 34 | long;
                both.to_be_bytes().to_vec()
            }
            _ => [&nanoseconds.to_be_bytes()[..], &seconds.to_be_bytes()].concat(),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if writes_message_pack() {
            let extension = (NUMBER, crate::Bytes::from(self.extension()));
            serializer.serialize_newtype_struct(EXTENSION, &extension)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Timestamps are read as their text.
        DateTime::deserialize(deserializer).map(Self)
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(moment: DateTime<Utc>) -> Self {
        Self(moment)
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(moment: Timestamp) -> Self {
        moment.0
    }
}

impl Deref for Timestamp {
    type Target = DateTime<Utc>;

    fn deref(&self) -> &DateTime<Utc> {
        &self.0
    }
}

/// RFC 3339, with as many digits of the second as it needs.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true);
        f.write_str(&text)
    }
}

impl WireType for Timestamp {}

crate::contract::named_in_typescript!(Timestamp, "Date", { "type": "string", "format": "date-time" });

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Encoded, Message, Protocol};

    fn timestamp(seconds: i64, nanoseconds: u32) -> Timestamp {
        let moment = DateTime::from_timestamp(seconds, nanoseconds);
        moment.expect("a moment that chrono knows").into()
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    #[serde(tag = "kind")]
    enum Tagged {
        At { moment: Timestamp },
    }

    #[test]
    fn the_shortest_form_is_written() {
        let check = |seconds, nanoseconds, expected: &[u8]| {
            let value = timestamp(seconds, nanoseconds);
            let message = Encoded::stream_item(Protocol::MessagePack, "1", &value).unwrap();
            let payload = message.payload();
            assert!(payload.ends_with(expected), "{payload:x?}");
        };
        check(1_017_656_415, 0, b"\xd6\xff\x3c\xa8\x34\x5f");
        check(
            1_709_210_096,
            789_000_000,
            b"\xd7\xff\xbc\x1c\xbd\x00\x65\xe0\x79\xf0",
        );
        check(
            -1,
            0,
            b"\xc7\x0c\xff\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
        );
        check(1 << 32, 0, b"\xd7\xff\0\0\0\x01\0\0\0\0");
    }

    #[test]
    fn moments_survive_both_protocols_inside_tagged_enums() {
        for protocol in Protocol::ALL {
            let value = Tagged::At {
                moment: timestamp(1_017_656_415, 120_000_000),
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

    #[test]
    fn elsewhere_it_is_text() {
        let text = serde_json::to_string(&timestamp(1_017_656_415, 0)).unwrap();
        assert_eq!(text, "\"2002-04-01T10:20:15Z\"");
    }
}
