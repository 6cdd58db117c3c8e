//! The headers of a message.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::{OwnedValue, RawValue};

/// The headers of a message: pairs of texts, read only when somebody asks
/// (SignalR wire specification, section 10.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Headers<'a>(Option<RawValue<'a>>);

impl<'a> Headers<'a> {
    /// Headers whose map has been checked by the reader of the message.
    pub(super) const fn checked(map: RawValue<'a>) -> Self {
        Self(Some(map))
    }

    /// The pairs in the order in which they were written.
    pub fn pairs(&self) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
        let pairs = self.0.map(RawValue::decode::<Pairs<'a>>);
        pairs.and_then(Result::ok).unwrap_or_default().0
    }

    /// The value of the header `name` (compared exactly); the last one counts.
    pub fn get(&self, name: &str) -> Option<Cow<'a, str>> {
        let pairs = self.pairs().into_iter().rev();
        pairs
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }
}

/// [`Headers`] that outlive the message they came in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnedHeaders(Option<OwnedValue>);

impl OwnedHeaders {
    /// The headers for reading.
    pub fn as_headers(&self) -> Headers<'_> {
        Headers(self.0.as_ref().map(OwnedValue::as_raw))
    }
}

impl From<Headers<'_>> for OwnedHeaders {
    fn from(headers: Headers<'_>) -> Self {
        Self(headers.0.map(OwnedValue::from))
    }
}

/// Pairs of a map, in order.
#[derive(Default)]
struct Pairs<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for PairsVisitor<'a> {
    type Value = Pairs<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of strings")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'a>, A::Error> {
        let mut pairs = Vec::new();
        while let Some((Text(key), Text(value))) = map.next_entry()? {
            pairs.push((key, value));
        }
        Ok(Pairs(pairs))
    }
}

/// A text that borrows where it can; `Cow` alone never does.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: Headers<'_>) {
        assert_eq!(
            headers.pairs(),
            [("a".into(), "b".into()), ("c".into(), "d".into())]
                as [(Cow<'_, str>, Cow<'_, str>); 2]
        );
        assert_eq!(headers.get("c").as_deref(), Some("d"));
        assert_eq!(headers.get("C"), None);
    }

    #[test]
    fn pairs_are_read_from_both_protocols() {
        check(Headers::checked(RawValue::json(r#"{"a":"b","c":"d"}"#)));
        check(Headers::checked(RawValue::message_pack(
            b"\x82\xa1a\xa1b\xa1c\xa1d",
        )));
    }

    #[test]
    fn no_headers_are_no_pairs() {
        assert!(Headers::default().pairs().is_empty());
    }
}
