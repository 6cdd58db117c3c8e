//! Values as compact JSON.
//!
//! `serde_json` writes the same, but looks at strings byte by byte, which is most of the cost of a
//! large message. So strings, and what holds values together, are written here; numbers that are
//! not plain integers are still its. Byte arrays become base64 text, as .NET writes them (SignalR
//! wire specification, section 11.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::ser::{self, Error as _, Serialize, Serializer};
use serde_json::Error;

use super::RAW_VALUE;
use super::escape::write_string;

/// Writes one value to the end of a buffer.
pub(super) struct ValueSerializer<'a>(pub(super) &'a mut Vec<u8>);

#[expect(
    clippy::unnecessary_wraps,
    reason = "what a serializer's methods give back"
)]
impl<'a> ValueSerializer<'a> {
    fn literal(self, text: &str) -> Result<(), Error> {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn integer(self, value: impl itoa::Integer) -> Result<(), Error> {
        self.literal(itoa::Buffer::new().format(value))
    }

    fn rare<T: Serialize>(self, value: T) -> Result<(), Error> {
        serde_json::to_writer(self.0, &value)
    }

    fn compound(self, open: &[u8], close: &'static [u8]) -> Compound<'a> {
        self.0.extend_from_slice(open);
        Compound {
            out: self.0,
            is_first: true,
            close,
        }
    }

    /// A variant with content: an object of one member.
    fn variant(self, name: &str, open: &[u8], close: &'static [u8]) -> Compound<'a> {
        self.0.push(b'{');
        write_string(self.0, name);
        self.0.push(b':');
        self.compound(open, close)
    }
}

macro_rules! scalars {
    ($($how:ident: $($method:ident $type:ty),*;)*) => { $($(
        fn $method(self, value: $type) -> Result<(), Error> {
            self.$how(value)
        }
    )*)* };
}

impl<'a> Serializer for ValueSerializer<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Compound<'a>;
    type SerializeTupleStruct = Compound<'a>;
    type SerializeTupleVariant = Compound<'a>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Compound<'a>;

    scalars! {
        integer: serialize_i8 i8, serialize_i16 i16, serialize_i32 i32, serialize_i64 i64,
            serialize_u8 u8, serialize_u16 u16, serialize_u32 u32, serialize_u64 u64,
            serialize_i128 i128, serialize_u128 u128;
        rare: serialize_f32 f32, serialize_f64 f64;
    }

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.literal(if value { "true" } else { "false" })
    }

    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), Error> {
        write_string(self.0, value);
        Ok(())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Error> {
        let out = self.0;
        out.push(b'"');
        let start = out.len();
        let length = base64::encoded_len(value.len(), true);
        out.resize(
            start + length.ok_or_else(|| Error::custom("too many bytes"))?,
            0,
        );
        let encoded = STANDARD.encode_slice(value, &mut out[start..]);
        out.truncate(start + encoded.map_err(Error::custom)?);
        out.push(b'"');
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Error> {
        self.literal("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<(), Error> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        let compound = self.variant(variant, b"", b"}");
        value.serialize(ValueSerializer(compound.out))?;
        compound.finish()
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Compound<'a>, Error> {
        Ok(self.compound(b"[", b"]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Compound<'a>, Error> {
        Ok(self.compound(b"[", b"]"))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Compound<'a>, Error> {
        Ok(self.compound(b"[", b"]"))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'a>, Error> {
        Ok(self.variant(variant, b"[", b"]}"))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Compound<'a>, Error> {
        Ok(self.compound(b"{", b"}"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Compound<'a>, Error> {
        Ok(match name {
            RAW_VALUE => self.compound(b"", b""),
            _ => self.compound(b"{", b"}"),
        })
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Compound<'a>, Error> {
        Ok(self.variant(variant, b"{", b"}}"))
    }
}

/// A list or an object that has been opened.
pub(super) struct Compound<'a> {
    out: &'a mut Vec<u8>,
    is_first: bool,
    close: &'static [u8],
}

impl Compound<'_> {
    fn separate(&mut self) {
        if !std::mem::replace(&mut self.is_first, false) {
            self.out.push(b',');
        }
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.separate();
        value.serialize(ValueSerializer(self.out))
    }

    fn member<T: Serialize + ?Sized>(&mut self, name: &str, value: &T) -> Result<(), Error> {
        if name == RAW_VALUE {
            return self.raw(value);
        }
        self.separate();
        write_string(self.out, name);
        self.out.push(b':');
        value.serialize(ValueSerializer(self.out))
    }

    fn raw<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let value = serde_json::to_value(value)?;
        let text = value.as_str();
        let text = text.ok_or_else(|| Error::custom("raw JSON has to be a text"))?;
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    /// A key of a map. Numbers and truth values are quoted, as in `serde_json`.
    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.separate();
        let start = self.out.len();
        key.serialize(ValueSerializer(self.out))?;
        match self.out.get(start) {
            Some(b'"') => {}
            Some(b'-' | b'0'..=b'9' | b't' | b'f') => {
                self.out.insert(start, b'"');
                self.out.push(b'"');
            }
            _ => return Err(Error::custom("a key of a map has to be a string")),
        }
        self.out.push(b':');
        Ok(())
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "what a serializer's methods give back"
    )]
    fn finish(self) -> Result<(), Error> {
        self.out.extend_from_slice(self.close);
        Ok(())
    }
}

macro_rules! lists {
    ($($trait:ident $method:ident)*) => { $(
        impl ser::$trait for Compound<'_> {
            type Ok = ();
            type Error = Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.element(value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )* };
}

macro_rules! objects {
    ($($trait:ident)*) => { $(
        impl ser::$trait for Compound<'_> {
            type Ok = ();
            type Error = Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), Error> {
                self.member(name, value)
            }

            fn end(self) -> Result<(), Error> {
                self.finish()
            }
        }
    )* };
}

lists!(
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
);
objects!(SerializeStruct SerializeStructVariant);

impl ser::SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(ValueSerializer(self.out))
    }

    fn end(self) -> Result<(), Error> {
        self.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{Error, ValueSerializer};
    use serde::Serialize;
    use serde_json::value::RawValue;
    use std::collections::BTreeMap;

    fn written<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
        let mut out = b"before".to_vec();
        value.serialize(ValueSerializer(&mut out))?;
        let text = String::from_utf8(out).expect("UTF-8");
        Ok(text.strip_prefix("before").expect("an addition").to_owned())
    }

    /// It has to look as `serde_json` writes it, failures included.
    fn check<T: Serialize + ?Sized>(value: &T) {
        assert_eq!(written(value).ok(), serde_json::to_string(value).ok());
    }

    #[derive(Serialize)]
    struct Unit;
    #[derive(Serialize)]
    struct Newtype(u8);
    #[derive(Serialize)]
    struct Pair(u8, &'static str);
    #[derive(Serialize)]
    struct Fields {
        a: Option<u8>,
        #[serde(skip_serializing_if = "Option::is_none")]
        b: Option<u8>,
        c: (),
        #[serde(flatten)]
        rest: BTreeMap<String, u8>,
    }
    #[derive(Serialize, PartialEq, Eq, PartialOrd, Ord)]
    enum External {
        Unit,
        Newtype(Vec<u8>),
        Tuple(u8, u8),
        Struct { a: u8 },
    }
    #[derive(Serialize)]
    #[serde(tag = "t", content = "c")]
    enum Adjacent {
        Unit,
        Newtype(u8),
    }

    #[test]
    fn scalars() {
        check(&());
        check(&[true, false]);
        check(&(i8::MIN, i16::MIN, i32::MIN, i64::MIN, i128::MIN));
        check(&(u8::MAX, u16::MAX, u32::MAX, u64::MAX, u128::MAX));
        check(&(1.0f32, 0.1f64, 1e300, f64::NAN, f32::INFINITY, -0.0));
        check(&('a', '"', 'ä', '\u{1e}'));
        check("\"\\\n\u{0} and 你好");
    }

    #[test]
    fn what_holds_values_together() {
        check(&(Unit, Newtype(1), Pair(1, "x")));
        check(&Vec::<u8>::new());
        check(&vec![vec![Some(1)], vec![None, Some(2)]]);
        let rest = BTreeMap::from([("r".to_owned(), 1), ("s".to_owned(), 2)]);
        let (a, b, c) = (None, None, ());
        check(&Fields { a, b, c, rest });
        let rest = BTreeMap::new();
        let (a, b) = (Some(1), Some(2));
        check(&Fields { a, b, c, rest });
        check(&[
            External::Unit,
            External::Newtype(vec![1, 2]),
            External::Tuple(1, 2),
            External::Struct { a: 1 },
        ]);
        check(&[Adjacent::Unit, Adjacent::Newtype(1)]);
        check(&serde_json::json!({"a": [1, null, {"b": 0.5}], "c": {}}));
    }

    #[test]
    fn keys_of_maps() {
        check(&BTreeMap::from([("a", 1), ("\"", 2)]));
        check(&BTreeMap::from([(-1, 1), (2, 2)]));
        check(&BTreeMap::from([(true, 1)]));
        check(&BTreeMap::from([('a', 1)]));
        check(&BTreeMap::from([(External::Unit, 1)]));
        check(&BTreeMap::from([(External::Tuple(1, 2), 1)]));
        check(&BTreeMap::from([((), 1)]));
        check(&BTreeMap::from([(vec![1], 1)]));
    }

    #[test]
    fn raw_json_is_copied() {
        let raw = RawValue::from_string("{\"a\" : [1]}".to_owned()).unwrap();
        check(&(&raw, 1));
        check(&BTreeMap::from([("raw", raw)]));
    }

    #[test]
    fn bytes_are_base64() {
        for (bytes, expected) in [(&b""[..], "\"\""), (b"hello", "\"aGVsbG8=\"")] {
            let bytes = crate::Bytes::from(bytes);
            assert_eq!(written(&bytes).unwrap(), expected);
        }
    }
}
