//! JSON values as Rust types.
//!
//! `serde_json` reads them, but for texts that stand for themselves: those are found a block of
//! bytes at a time, which is most of the cost of a large message.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Error;

use super::RAW_VALUE;
use super::text::plain_run;

/// Reads one value; `text` must hold nothing else.
pub(in crate::protocol) fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Error> {
    match PlainText::at_front(text) {
        Some((plain, "")) => T::deserialize(plain),
        _ => serde_json::from_str(text),
    }
}

/// Hands the array in `text` to `visitor`.
pub(in crate::protocol) fn visit_array<'de, V: Visitor<'de>>(
    text: &'de str,
    visitor: V,
) -> Result<V::Value, Error> {
    let Some(rest) = text.strip_prefix('[') else {
        // Which says what it is instead.
        return serde_json::Deserializer::from_str(text).deserialize_seq(visitor);
    };
    let mut items = Items {
        rest,
        place: Place::First,
    };
    let value = visitor.visit_seq(&mut items)?;
    let is_over = items.place == Place::End || !items.find_next()?;
    if is_over && without_space(items.rest).is_empty() {
        Ok(value)
    } else {
        Err(Error::custom("trailing characters"))
    }
}

/// The items of an array, one by one.
struct Items<'de> {
    rest: &'de str,
    place: Place,
}

#[derive(PartialEq)]
enum Place {
    First,
    /// Behind an item.
    Behind,
    /// Behind the last bracket.
    End,
}

impl Items<'_> {
    /// Goes to the next item; `false` if there is none.
    #[inline]
    fn find_next(&mut self) -> Result<bool, Error> {
        if self.place == Place::End {
            return Ok(false);
        }
        let rest = without_space(self.rest);
        if let Some(rest) = rest.strip_prefix(']') {
            self.rest = rest;
            self.place = Place::End;
            return Ok(false);
        }
        self.rest = match self.place {
            Place::First if !rest.is_empty() => rest,
            Place::Behind if rest.starts_with(',') => without_space(&rest[1..]),
            _ => return Err(no_item()),
        };
        Ok(true)
    }
}

#[cold]
fn without_spaces(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r'])
}

#[cold]
fn no_item() -> Error {
    Error::custom("expected `,` or `]`")
}

/// A text from its first byte that is no white space on.
#[inline]
fn without_space(text: &str) -> &str {
    match text.as_bytes() {
        [b' ' | b'\t' | b'\n' | b'\r', ..] => without_spaces(text),
        _ => text,
    }
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    #[inline]
    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Error> {
        if !self.find_next()? {
            return Ok(None);
        }
        self.place = Place::Behind;
        match PlainText::at_front(self.rest) {
            Some((plain, rest)) => {
                self.rest = rest;
                seed.deserialize(plain).map(Some)
            }
            None => self.read(seed).map(Some),
        }
    }
}

impl<'de> Items<'de> {
    /// Leaves an item to `serde_json`.
    #[inline(never)]
    fn read<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let mut deserializer = serde_json::Deserializer::from_str(self.rest);
        let value = seed.deserialize(&mut deserializer)?;
        let length = deserializer.into_iter::<IgnoredAny>().byte_offset();
        self.rest = &self.rest[length..];
        Ok(value)
    }
}

/// A text without escapes.
struct PlainText<'de> {
    inner: &'de str,
    /// The JSON that it is the begin of, with its quotes.
    json: &'de str,
}

impl<'de> PlainText<'de> {
    /// The text that `json` begins with, and what follows it.
    #[inline]
    fn at_front(json: &'de str) -> Option<(Self, &'de str)> {
        let inner = json.strip_prefix('"')?;
        let (inner, rest) = inner.split_at_checked(plain_run(inner.as_bytes()))?;
        Some((Self { inner, json }, rest.strip_prefix('"')?))
    }
}

impl<'de> Deserializer<'de> for PlainText<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.inner)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_bytes(self.inner.as_bytes())
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == RAW_VALUE {
            let whole = &self.json[..self.inner.len() + 2];
            let mut whole = serde_json::Deserializer::from_str(whole);
            return whole.deserialize_newtype_struct(name, visitor);
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        BorrowedStrDeserializer::new(self.inner).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::DeserializeOwned;
    use serde_json::value::RawValue;
    use std::borrow::Cow;
    use std::fmt::Debug;

    /// Whatever `serde_json` makes of a text, this makes of it too, alone and in an array.
    fn check<T: DeserializeOwned + PartialEq + Debug>(text: &str) {
        let expected = serde_json::from_str::<T>(text);
        let same = |found: Result<T, Error>| match (&expected, found) {
            (Ok(expected), Ok(found)) => assert_eq!(found, *expected, "{text}"),
            (Err(_), Err(_)) => {}
            (expected, found) => panic!("{text}: {found:?} instead of {expected:?}"),
        };
        same(from_str(text));
        for array in [format!("[{text}]"), format!("[ {text}\n] ")] {
            let found: Result<Vec<T>, _> = visit_array(&array, AsVec(std::marker::PhantomData));
            let first = found.map(|found| found.into_iter().next());
            same(first.and_then(|first| first.ok_or(Error::custom("no item"))));
        }
    }

    struct AsVec<T>(std::marker::PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for AsVec<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("an array")
        }

        fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<Vec<T>, S::Error> {
            let mut found = Vec::new();
            while let Some(item) = items.next_element()? {
                found.push(item);
            }
            Ok(found)
        }
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    enum Choice {
        Plain,
        With(u8),
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Wrapped(Option<String>);

    #[test]
    fn values_are_serdes() {
        for text in [
            r#""""#,
            r#""a""#,
            r#""Plain""#,
            r#""With""#,
            r#""a text of more than one block of bytes, with ä""#,
            r#""an \"escape\" and \u00e4""#,
            "\"\u{1}\"",
            "\"",
            r#""a" x"#,
            "1",
            "-1.5e3",
            "1x",
            "01",
            "true",
            "null",
            "[]",
            r#"{"With":7}"#,
            r#"{"a":[1,{"b":"c"}]}"#,
            "",
            "[",
            "]",
            ",",
        ] {
            check::<String>(text);
            check::<Cow<'static, str>>(text);
            check::<Option<String>>(text);
            check::<Wrapped>(text);
            check::<char>(text);
            check::<Choice>(text);
            check::<u8>(text);
            check::<f64>(text);
            check::<bool>(text);
            check::<()>(text);
            check::<serde_json::Value>(text);
        }
    }

    #[test]
    fn what_is_borrowed_is_borrowed() {
        let text = "\"plain\"".to_owned();
        assert_eq!(from_str::<&str>(&text).unwrap(), "plain");
        assert_eq!(from_str::<&[u8]>(&text).unwrap(), b"plain");
        assert_eq!(from_str::<&RawValue>(&text).unwrap().get(), text);
    }

    #[test]
    fn what_is_no_array_is_refused() {
        let read = |text| visit_array::<AsVec<u8>>(text, AsVec(std::marker::PhantomData));
        assert_eq!(read("[]").unwrap(), [0; 0]);
        assert_eq!(read("[1,2]").unwrap(), [1, 2]);
        assert_eq!(read("[ 1 , 2 ] ").unwrap(), [1, 2]);
        for text in [
            "", "{}", "1", "[", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1]]", "[1}",
        ] {
            read(text).unwrap_err();
        }
    }
}
