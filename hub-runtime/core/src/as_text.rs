use crate::contract::WireType;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt::{self, Display};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::str::FromStr;

/// A value that travels as its text, in both protocols: for integers that JavaScript's numbers do
/// not hold exactly, and for whatever else has a text of its own.
///
/// It is written as [`Display`] writes it and read by [`FromStr`]; an integer is read from a number
/// too. In TypeScript it is `string`.
///
/// ```
/// # use hub_core as hub_runtime;
/// use hub_runtime::AsText;
///
/// let id = AsText(u64::MAX);
/// assert_eq!(serde_json::to_string(&id)?, "\"18446744073709551615\"");
/// assert_eq!(serde_json::from_str::<AsText<u64>>("17")?, AsText(17));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[expect(clippy::exhaustive_structs, reason = "a value, and no more than that")]
pub struct AsText<T>(pub T);

impl<T> From<T> for AsText<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> Deref for AsText<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for AsText<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Display> Display for AsText<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Display> Serialize for AsText<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T: FromStr<Err: Display>> Deserialize<'de> for AsText<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text(PhantomData))
    }
}

struct Text<T>(PhantomData<T>);

impl<T: FromStr<Err: Display>> Visitor<'_> for Text<T> {
    type Value = AsText<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<AsText<T>, E> {
        text.parse().map(AsText).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<AsText<T>, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<AsText<T>, E> {
        self.visit_str(&number.to_string())
    }
}

impl<T: Display + FromStr<Err: Display> + Send + 'static> WireType for AsText<T> {}

impl<T: 'static> ts_rs::TS for AsText<T> {
    type WithoutGenerics = String;
    type OptionInnerType = Self;

    fn name(cfg: &ts_rs::Config) -> String {
        <String as ts_rs::TS>::name(cfg)
    }

    fn inline(cfg: &ts_rs::Config) -> String {
        Self::name(cfg)
    }
}

impl<T> JsonSchema for AsText<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn schema_id() -> Cow<'static, str> {
        "hub_runtime::AsText".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        String::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{Encoded, Message, Protocol, RawValue};

    #[test]
    fn large_integers_survive_both_protocols() {
        for protocol in Protocol::ALL {
            let value = vec![AsText(u128::MAX), AsText(0)];
            let encoded = Encoded::stream_item(protocol, "1", &value).unwrap();
            let body = match protocol {
                Protocol::Json => encoded.payload().strip_suffix(b"\x1e").unwrap(),
                Protocol::MessagePack => &encoded.payload()[1..],
            };
            let Ok(Message::StreamItem { item, .. }) = Message::parse(protocol, body) else {
                panic!("{protocol:?}");
            };
            assert_eq!(item.decode::<Vec<AsText<u128>>>().unwrap(), value);
        }
    }

    #[test]
    fn numbers_are_read_and_nonsense_is_refused() {
        let read = |json| RawValue::json(json).decode::<AsText<i64>>().ok();
        assert_eq!(read("-9"), Some(AsText(-9)));
        assert_eq!(read("\"-9\""), Some(AsText(-9)));
        assert_eq!(read("\"nine\""), None);
        assert_eq!(read("null"), None);
    }
}
