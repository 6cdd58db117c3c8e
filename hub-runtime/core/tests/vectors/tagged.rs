//! Values as the vector file writes them: JSON, with tags for what JSON cannot say.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Value, json};

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// A value read from the wire, with bytes as `{"$bin": "hex"}`.
#[derive(Debug)]
pub(crate) struct Tagged(pub(crate) Value);

/// What reading a tagged value from the wire must give: as [`Tagged`], but dates are texts, and
/// numbers and undefined are what they are on the wire.
pub(crate) fn expected(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(expected).collect(),
        Value::Object(members) => match tag(members) {
            Some(("$ts", time)) => time.as_str().unwrap().replace(".000Z", "Z").into(),
            Some(("$f64" | "$f32", number)) => json!(number.as_f64().unwrap()),
            Some(("$int", digits)) => digits.as_str().unwrap().parse::<Value>().unwrap(),
            Some(("$undefined", _)) => Value::Null,
            Some(("$bin", _)) => value.clone(),
            _ => members
                .iter()
                .map(|(name, value)| (name.clone(), expected(value)))
                .collect(),
        },
        other => other.clone(),
    }
}

/// Whether a date is somewhere inside: we write dates as texts and not as extensions.
pub(crate) fn holds_date(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_date),
        Value::Object(members) => members.contains_key("$ts") || members.values().any(holds_date),
        _ => false,
    }
}

/// Members that JavaScript leaves out in JSON.
pub(crate) fn without_undefined(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_undefined).collect(),
        Value::Object(members) if !members.contains_key("$undefined") => {
            let defined = members
                .iter()
                .filter(|(_, value)| value.get("$undefined").is_none());
            defined
                .map(|(name, value)| (name.clone(), without_undefined(value)))
                .collect()
        }
        other => other.clone(),
    }
}

fn tag(members: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, value) = members.iter().next()?;
    (members.len() == 1 && name.starts_with('$')).then_some((name, value))
}

impl<'de> Deserialize<'de> for Tagged {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TaggedVisitor).map(Self)
    }
}

struct TaggedVisitor;

impl<'de> Visitor<'de> for TaggedVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Value, E> {
        Ok(json!({ "$bin": hex(value) }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Tagged(item)) = seq.next_element()? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, Tagged(value))) = map.next_entry()? {
            members.insert(name, value);
        }
        Ok(members.into())
    }
}

/// A tagged value, written as what its tags say.
pub(crate) struct Plain<'a>(pub(crate) &'a Value);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    seq.serialize_element(&Plain(item))?;
                }
                seq.end()
            }
            Value::Object(members) => match tag(members) {
                Some(("$bin", digits)) => {
                    serializer.serialize_bytes(&unhex(digits.as_str().unwrap()))
                }
                Some(("$f64", number)) => serializer.serialize_f64(number.as_f64().unwrap()),
                Some(("$f32", number)) => {
                    serializer.serialize_f32(number.to_string().parse().unwrap())
                }
                Some((tag, _)) => panic!("{tag} is never written"),
                None => {
                    let mut map = serializer.serialize_map(Some(members.len()))?;
                    for (name, value) in members {
                        map.serialize_entry(name, &Plain(value))?;
                    }
                    map.end()
                }
            },
            other => other.serialize(serializer),
        }
    }
}
