//! MessagePack values as Rust types.
//!
//! Clients in other languages write what their languages have: JavaScript writes large integers
//! as floats, numeric keys as texts and dates as extensions. This deserializer takes them for
//! what they mean, and types of Rust the way their JSON looks (`is_human_readable`), so that one
//! description of a type fits both protocols.

use serde::de::value::U64Deserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde::{Deserialize, forward_to_deserialize_any};

use super::error::DecodeError;
use super::map_key::MapKey;
use super::reader::{Reader, TIMESTAMP, Token};
use super::timestamp;
use crate::protocol::MAX_DEPTH;

/// Reads one value; `bytes` must hold nothing else.
pub(in crate::protocol) fn from_slice<'de, T: Deserialize<'de>>(
    bytes: &'de [u8],
) -> Result<T, DecodeError> {
    let mut deserializer = Deserializer::new(bytes);
    let value = T::deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// Hands the array in `bytes` to `visitor`.
pub(in crate::protocol) fn visit_array<'de, V: Visitor<'de>>(
    bytes: &'de [u8],
    visitor: V,
) -> Result<V::Value, DecodeError> {
    let mut deserializer = Deserializer::new(bytes);
    let value = serde::Deserializer::deserialize_seq(&mut deserializer, visitor)?;
    deserializer.end()?;
    Ok(value)
}

/// The items of an array, each as its bytes; `bytes` must hold nothing else.
pub(in crate::protocol) fn split_array(bytes: &[u8]) -> Result<Vec<&[u8]>, DecodeError> {
    let mut reader = Reader::new(bytes);
    let Token::Array(length) = reader.token()? else {
        return Err(DecodeError::new("not an array"));
    };
    let items = (0..length).map(|_| reader.raw(MAX_DEPTH - 1)).collect();
    if reader.rest().is_empty() {
        items
    } else {
        Err(DecodeError::new("bytes are left over after the value"))
    }
}

/// Reads values from MessagePack bytes.
pub(super) struct Deserializer<'de> {
    reader: Reader<'de>,
    /// How many more arrays and maps may be opened inside each other.
    depth_left: usize,
}

impl<'de> Deserializer<'de> {
    const fn new(bytes: &'de [u8]) -> Self {
        Self {
            reader: Reader::new(bytes),
            depth_left: MAX_DEPTH,
        }
    }

    fn end(&self) -> Result<(), DecodeError> {
        if self.reader.rest().is_empty() {
            Ok(())
        } else {
            Err(DecodeError::new("bytes are left over after the value"))
        }
    }

    pub(super) fn peek(&self) -> Result<Token<'de>, DecodeError> {
        self.reader.clone().token()
    }

    /// The text that comes next.
    pub(super) fn text(&mut self) -> Result<&'de str, DecodeError> {
        match self.reader.token()? {
            Token::Str(bytes) => utf8(bytes),
            token => Err(unexpected(token, &"a string")),
        }
    }

    fn visit_token<V: Visitor<'de>>(
        &mut self,
        token: Token<'de>,
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match token {
            Token::Nil => visitor.visit_unit(),
            Token::Bool(value) => visitor.visit_bool(value),
            Token::Unsigned(value) => visitor.visit_u64(value),
            Token::Negative(value) => visitor.visit_i64(value),
            Token::F32(value) => visitor.visit_f32(value),
            Token::F64(value) => visitor.visit_f64(value),
            Token::Str(bytes) => visitor.visit_borrowed_str(utf8(bytes)?),
            Token::Bin(bytes) => visitor.visit_borrowed_bytes(bytes),
            Token::Array(length) => self.nested(length, |items| {
                let value = visitor.visit_seq(&mut *items)?;
                items.end()?;
                Ok(value)
            }),
            Token::Map(length) => self.nested(length, |items| {
                let value = visitor.visit_map(&mut *items)?;
                items.end()?;
                Ok(value)
            }),
            Token::Ext(TIMESTAMP, data) => match timestamp::to_text(data) {
                Some(text) => visitor.visit_string(text),
                None => Err(DecodeError::new("a timestamp is malformed")),
            },
            Token::Ext(..) => Err(unexpected(token, &visitor)),
        }
    }

    /// Opens an array or a map of `length` entries for as long as `visit` runs.
    fn nested<T>(
        &mut self,
        length: usize,
        visit: impl FnOnce(&mut Items<'_, 'de>) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        self.depth_left = self
            .depth_left
            .checked_sub(1)
            .ok_or_else(DecodeError::too_deep)?;
        let visited = visit(&mut Items {
            deserializer: &mut *self,
            left: length,
        });
        self.depth_left += 1;
        visited
    }

    /// An integer, also when it was written as a float.
    fn visit_integer<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, DecodeError> {
        let token = match self.reader.token()? {
            Token::F32(value) => integral(value.into()).unwrap_or(Token::F32(value)),
            Token::F64(value) => integral(value).unwrap_or(Token::F64(value)),
            token => token,
        };
        self.visit_token(token, visitor)
    }
}

/// The integer that `value` is, if it is one that 64 bits can hold.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the bounds are powers of two, which are exact"
)]
fn integral(value: f64) -> Option<Token<'static>> {
    if value.fract() != 0.0 {
        None
    } else if (0.0..u64::MAX as f64).contains(&value) {
        Some(Token::Unsigned(value as u64))
    } else if (i64::MIN as f64..0.0).contains(&value) {
        Some(Token::Negative(value as i64))
    } else {
        None
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, DecodeError> {
    str::from_utf8(bytes).map_err(|_| DecodeError::new("a string is not UTF-8"))
}

#[cold]
fn unexpected(token: Token<'_>, expected: &dyn serde::de::Expected) -> DecodeError {
    let unexpected = match token {
        Token::Nil => Unexpected::Unit,
        Token::Bool(value) => Unexpected::Bool(value),
        Token::Unsigned(value) => Unexpected::Unsigned(value),
        Token::Negative(value) => Unexpected::Signed(value),
        Token::F32(value) => Unexpected::Float(value.into()),
        Token::F64(value) => Unexpected::Float(value),
        Token::Str(_) => Unexpected::Other("a string"),
        Token::Bin(_) => Unexpected::Other("bytes"),
        Token::Array(_) => Unexpected::Seq,
        Token::Map(_) => Unexpected::Map,
        Token::Ext(..) => Unexpected::Other("an extension type"),
    };
    DecodeError::invalid_type(unexpected, expected)
}

macro_rules! integers {
    ($($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
            self.visit_integer(visitor)
        }
    )+};
}

impl<'de> serde::Deserializer<'de> for &mut Deserializer<'de> {
    type Error = DecodeError;

    fn is_human_readable(&self) -> bool {
        true
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let token = self.reader.token()?;
        self.visit_token(token, visitor)
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.peek()? == Token::Nil {
            self.reader.token()?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
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
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        match self.reader.token()? {
            Token::Str(bytes) => visitor.visit_enum(utf8(bytes)?.into_deserializer()),
            // .NET clients may write the number instead of the name.
            Token::Unsigned(index) => visitor.visit_enum(UnitVariant(index)),
            Token::Map(1) => self.nested(1, |entry| {
                visitor.visit_enum(Variant(&mut *entry.deserializer))
            }),
            token => Err(unexpected(
                token,
                &"the name of a variant, or a map of it to its content",
            )),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.reader.skip(self.depth_left)?;
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier
    }
}

/// The entries of an open array or map.
struct Items<'b, 'de> {
    deserializer: &'b mut Deserializer<'de>,
    left: usize,
}

impl Items<'_, '_> {
    /// More hints than this are not given: the length is only a claim.
    const MAX_HINT: usize = 256;

    fn hint(&self) -> usize {
        self.left.min(Self::MAX_HINT)
    }

    fn take(&mut self) -> bool {
        let some = self.left > 0;
        self.left -= usize::from(some);
        some
    }

    fn end(&self) -> Result<(), DecodeError> {
        if self.left == 0 {
            Ok(())
        } else {
            Err(DecodeError::new("an array has too many items"))
        }
    }
}

impl<'de> SeqAccess<'de> for Items<'_, 'de> {
    type Error = DecodeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, DecodeError> {
        if !self.take() {
            return Ok(None);
        }
        seed.deserialize(&mut *self.deserializer).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.hint())
    }
}

impl<'de> MapAccess<'de> for Items<'_, 'de> {
    type Error = DecodeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, DecodeError> {
        if !self.take() {
            return Ok(None);
        }
        seed.deserialize(MapKey(&mut *self.deserializer)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, DecodeError> {
        seed.deserialize(&mut *self.deserializer)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.hint())
    }
}

/// A variant without content, given by its position among the variants.
struct UnitVariant(u64);

impl<'de> EnumAccess<'de> for UnitVariant {
    type Error = DecodeError;
    type Variant = NoContent;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, NoContent), DecodeError> {
        let index: U64Deserializer<DecodeError> = self.0.into_deserializer();
        Ok((seed.deserialize(index)?, NoContent))
    }
}

struct NoContent;

impl<'de> VariantAccess<'de> for NoContent {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, DecodeError> {
        Err(DecodeError::invalid_type(
            Unexpected::UnitVariant,
            &"newtype variant",
        ))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, DecodeError> {
        Err(DecodeError::invalid_type(
            Unexpected::UnitVariant,
            &"tuple variant",
        ))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, DecodeError> {
        Err(DecodeError::invalid_type(
            Unexpected::UnitVariant,
            &"struct variant",
        ))
    }
}

/// A variant as a map of its name to its content.
struct Variant<'b, 'de>(&'b mut Deserializer<'de>);

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), DecodeError> {
        Ok((seed.deserialize(&mut *self.0)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        Deserialize::deserialize(self.0)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, DecodeError> {
        seed.deserialize(self.0)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, DecodeError> {
        serde::Deserializer::deserialize_seq(self.0, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        serde::Deserializer::deserialize_map(self.0, visitor)
    }
}
