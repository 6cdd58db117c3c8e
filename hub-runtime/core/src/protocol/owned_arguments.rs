//! Arguments that outlive the message they came in, and may be changed.

use std::fmt;

use rmp::encode::write_array_len;
use serde::Serialize;
use serde::de::{SeqAccess, Visitor};

use super::encoded::write_value;
use super::value::Raw;
use super::{
    Arguments, EncodeError, OwnedValue, Protocol, RawValue, ValueError, json, message_pack,
};

/// The arguments of a call, kept as one array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedArguments(OwnedValue);

/// An argument could not be replaced.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReplaceError {
    /// What was received is no array of arguments.
    #[error("the arguments are no array")]
    Broken(#[from] ValueError),
    /// The new value could not be written.
    #[error(transparent)]
    Encode(#[from] EncodeError),
}

impl OwnedArguments {
    /// The arguments for decoding.
    pub const fn as_arguments(&self) -> Arguments<'_> {
        Arguments(self.0.as_raw().0)
    }
}

impl From<Arguments<'_>> for OwnedArguments {
    fn from(arguments: Arguments<'_>) -> Self {
        Self(RawValue(arguments.0).into())
    }
}

impl<'a> Arguments<'a> {
    /// The arguments one by one, still as they were written.
    pub fn items(self) -> Result<Vec<RawValue<'a>>, ValueError> {
        match self.0 {
            Raw::Json(text) => json::visit_array(text, Items).map_err(ValueError::Json),
            Raw::MessagePack(bytes) => {
                let items = message_pack::split_array(bytes).map_err(ValueError::MessagePack)?;
                Ok(items.into_iter().map(RawValue::message_pack).collect())
            }
        }
    }

    /// The same arguments, but for the one at `index`. Those between the last that is there and
    /// `index` become null.
    pub fn replace<T: Serialize + ?Sized>(
        self,
        index: usize,
        value: &T,
    ) -> Result<OwnedArguments, ReplaceError> {
        let protocol = self.protocol();
        let mut written = Vec::new();
        write_value(protocol, &mut written, value)?;
        let null = match protocol {
            Protocol::Json => RawValue::json("null"),
            Protocol::MessagePack => RawValue::message_pack(&[0xc0]),
        };
        let mut items = self.items()?;
        if items.len() <= index {
            items.resize(index + 1, null);
        }
        items[index] = RawValue::new(protocol, &written);
        let array = join(protocol, &items);
        Ok(Arguments::new(protocol, &array).into())
    }
}

/// Writes values as one array.
fn join(protocol: Protocol, items: &[RawValue<'_>]) -> Vec<u8> {
    let mut array = Vec::new();
    match protocol {
        Protocol::Json => {
            array.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    array.push(b',');
                }
                array.extend_from_slice(item.bytes());
            }
            array.push(b']');
        }
        Protocol::MessagePack => {
            write_array_len(&mut array, items.len() as u32)
                .expect("a Vec takes whatever is written to it");
            for item in items {
                array.extend_from_slice(item.bytes());
            }
        }
    }
    array
}

/// Takes the items of a JSON array without looking into them.
struct Items;

impl<'de> Visitor<'de> for Items {
    type Value = Vec<RawValue<'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of arguments")
    }

    fn visit_seq<S: SeqAccess<'de>>(self, mut items: S) -> Result<Self::Value, S::Error> {
        let mut found = Vec::new();
        while let Some(item) = items.next_element::<&'de serde_json::value::RawValue>()? {
            found.push(RawValue::json(item.get()));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_argument_is_replaced_and_the_others_stay_as_they_were_written() {
        let json = Arguments::json(r#"[ {"a":[1, 2]}, "x\n" ,3.50]"#);
        let replaced = json.replace(1, "y").unwrap();
        assert_eq!(
            replaced.as_arguments(),
            Arguments::json(r#"[{"a":[1, 2]},"y",3.50]"#)
        );
        let message_pack = Arguments::message_pack(b"\x93\x81\xa1a\x91\x01\xa1x\xc7\x00\x05");
        let replaced = message_pack.replace(1, &300).unwrap();
        assert_eq!(
            replaced.as_arguments(),
            Arguments::message_pack(b"\x93\x81\xa1a\x91\x01\xcd\x01\x2c\xc7\x00\x05")
        );
    }

    #[test]
    fn an_argument_that_was_left_out_is_put_behind() {
        let replaced = Arguments::json("[]").replace(1, &true).unwrap();
        assert_eq!(replaced.as_arguments(), Arguments::json("[null,true]"));
        let replaced = Arguments::message_pack(b"\x90").replace(1, &true).unwrap();
        assert_eq!(
            replaced.as_arguments(),
            Arguments::message_pack(b"\x92\xc0\xc3")
        );
    }

    #[test]
    fn what_is_no_array_is_not_replaced() {
        for broken in [
            Arguments::json("[1"),
            Arguments::json("{}"),
            Arguments::json("[1]]"),
            Arguments::message_pack(b"\x80"),
            Arguments::message_pack(b"\x92\x01"),
            Arguments::message_pack(b"\x91\x01\x01"),
            Arguments::message_pack(b"\xdd\xff\xff\xff\xff"),
            Arguments::message_pack(b""),
        ] {
            let replaced = broken.replace(0, &1);
            assert!(
                matches!(replaced, Err(ReplaceError::Broken(_))),
                "{broken:?}"
            );
        }
    }
}
