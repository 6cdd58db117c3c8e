//! Keys of maps.

use serde::de::{Error as _, Visitor};
use serde::forward_to_deserialize_any;

use super::deserializer::Deserializer;
use super::error::DecodeError;
use super::reader::Token;

/// Reads the key of a map. JavaScript knows only texts as keys, so a number or a truth value may
/// be written as one, as in JSON.
pub(super) struct MapKey<'b, 'de>(pub(super) &'b mut Deserializer<'de>);

macro_rules! from_text {
    ($($method:ident => $visit:ident as $type:ty),+ $(,)?) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            match self.0.peek()? {
                Token::Str(_) => match self.0.text()?.parse::<$type>() {
                    Ok(key) => visitor.$visit(key),
                    Err(error) => Err(DecodeError::custom(error)),
                },
                _ => self.0.$method(visitor),
            }
        }
    )+};
}

impl<'de> serde::Deserializer<'de> for MapKey<'_, 'de> {
    type Error = DecodeError;

    from_text! {
        deserialize_bool => visit_bool as bool,
        deserialize_i8 => visit_i64 as i64,
        deserialize_i16 => visit_i64 as i64,
        deserialize_i32 => visit_i64 as i64,
        deserialize_i64 => visit_i64 as i64,
        deserialize_i128 => visit_i128 as i128,
        deserialize_u8 => visit_u64 as u64,
        deserialize_u16 => visit_u64 as u64,
        deserialize_u32 => visit_u64 as u64,
        deserialize_u64 => visit_u64 as u64,
        deserialize_u128 => visit_u128 as u128,
        deserialize_f32 => visit_f64 as f64,
        deserialize_f64 => visit_f64 as f64,
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.0.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.0.peek()? {
            Token::Nil => self.0.deserialize_option(visitor),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.0.deserialize_ignored_any(visitor)
    }

    forward_to_deserialize_any! {
        char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
    }
}
