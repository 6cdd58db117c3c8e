//! A value without a type, kept as it was written: what two parsers are compared by.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

/// Any value of JSON or MessagePack, with members in order and duplicates among them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tree {
    Null,
    Bool(bool),
    Unsigned(u64),
    Negative(i64),
    Float(Float),
    Text(String),
    Bytes(Vec<u8>),
    Array(Vec<Tree>),
    Map(Vec<(Tree, Tree)>),
}

/// A float that equals itself: each bit counts, but for what is no number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Float(pub(crate) f64);

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits() || self.0.is_nan() && other.0.is_nan()
    }
}

impl Tree {
    pub(crate) fn signed(value: i64) -> Self {
        u64::try_from(value).map_or(Self::Negative(value), Self::Unsigned)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The last value under the name `name`, if this is a map.
    pub(crate) fn member(&self, name: &str) -> Option<&Self> {
        let Self::Map(members) = self else {
            return None;
        };
        let mut members = members.iter().rev();
        let found = members.find(|(key, _)| key.text() == Some(name));
        found.map(|(_, value)| value)
    }

    /// The value as an integer. JSON's `-0` is one, although parsers make a float of it.
    pub(crate) fn integer(&self) -> Option<i64> {
        match *self {
            Self::Unsigned(value) => value.try_into().ok(),
            Self::Negative(value) => Some(value),
            Self::Float(Float(value)) if value == 0.0 && value.is_sign_negative() => Some(0),
            _ => None,
        }
    }

    /// Whether JSON can say it, so that it reads back the same.
    pub(crate) fn fits_json(&self) -> bool {
        match self {
            Self::Float(Float(value)) => value.is_finite(),
            Self::Bytes(_) => false,
            Self::Array(items) => items.iter().all(Self::fits_json),
            Self::Map(members) => members
                .iter()
                .all(|(key, value)| key.text().is_some() && value.fits_json()),
            _ => true,
        }
    }

    /// The same, with floats that have no fraction as integers.
    pub(crate) fn with_integers(&self) -> Self {
        match self {
            Self::Float(Float(value)) => integral(*value).unwrap_or_else(|| self.clone()),
            Self::Array(items) => Self::Array(items.iter().map(Self::with_integers).collect()),
            Self::Map(members) => {
                let members = members
                    .iter()
                    .map(|(key, value)| (key.clone(), value.with_integers()));
                Self::Map(members.collect())
            }
            other => other.clone(),
        }
    }

    /// How many arrays and maps stand inside each other, at most.
    pub(crate) fn depth(&self) -> usize {
        match self {
            Self::Array(items) => 1 + items.iter().map(Self::depth).max().unwrap_or(0),
            Self::Map(members) => {
                let inside = members.iter().flat_map(|(key, value)| [key, value]);
                1 + inside.map(Self::depth).max().unwrap_or(0)
            }
            _ => 0,
        }
    }
}

/// An integer of 64 bits, by way of its digits.
fn integral(value: f64) -> Option<Tree> {
    let digits = format!("{value:.0}");
    let is_exact = digits.parse() == Ok(value);
    let unsigned = digits.parse().map(Tree::Unsigned);
    let signed = digits.parse().map(Tree::signed);
    is_exact.then_some(())?;
    unsigned.or(signed).ok()
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Unsigned(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::signed(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Float(Float(value)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Tree, E> {
        Ok(Tree::Bytes(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element()? {
            array.push(item);
        }
        Ok(Tree::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Tree, A::Error> {
        let mut map = Vec::new();
        while let Some(member) = members.next_entry()? {
            map.push(member);
        }
        Ok(Tree::Map(map))
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Unsigned(value) => serializer.serialize_u64(*value),
            Self::Negative(value) => serializer.serialize_i64(*value),
            Self::Float(Float(value)) => serializer.serialize_f64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Bytes(bytes) => serializer.serialize_bytes(bytes),
            Self::Array(items) => {
                let mut array = serializer.serialize_seq(Some(items.len()))?;
                items
                    .iter()
                    .try_for_each(|item| array.serialize_element(item))?;
                array.end()
            }
            Self::Map(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members
                    .iter()
                    .try_for_each(|(key, value)| map.serialize_entry(key, value))?;
                map.end()
            }
        }
    }
}
