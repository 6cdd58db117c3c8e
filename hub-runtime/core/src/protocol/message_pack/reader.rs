//! MessagePack tokens: scalars whole, arrays and maps by their length.

use rmp::Marker;

use super::error::DecodeError;
use crate::protocol::MAX_DEPTH;

/// The extension type of timestamps.
pub(super) const TIMESTAMP: i8 = -1;

/// Walks over MessagePack bytes.
#[derive(Debug, Clone)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

/// The next thing in the bytes, whichever of its forms it was written in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Token<'a> {
    Nil,
    Bool(bool),
    /// Any integer that is not negative.
    Unsigned(u64),
    /// A negative integer.
    Negative(i64),
    F32(f32),
    F64(f64),
    /// Text, not yet known to be UTF-8.
    Str(&'a [u8]),
    Bin(&'a [u8]),
    /// An array of so many items.
    Array(usize),
    /// A map of so many pairs.
    Map(usize),
    /// An extension type and its data.
    Ext(i8, &'a [u8]),
}

impl Token<'_> {
    /// How many values stand inside this one, if it is an array or a map.
    const fn values_inside(self) -> Option<usize> {
        match self {
            Self::Array(length) => Some(length),
            Self::Map(length) => Some(2 * length),
            _ => None,
        }
    }
}

impl<'a> Reader<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What has not been read yet.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether the next value is an array, as far as its first byte tells.
    pub(super) fn is_at_array(&self) -> bool {
        matches!(self.rest, [0x90..=0x9f | 0xdc | 0xdd, ..])
    }

    #[inline]
    pub(super) fn token(&mut self) -> Result<Token<'a>, DecodeError> {
        let first = self.byte()?;
        // The forms that most of a message has.
        match first {
            0x00..=0x7f => Ok(Token::Unsigned(first.into())),
            0x80..=0x8f => self.map_of((first & 0x0f).into()),
            0x90..=0x9f => self.array_of((first & 0x0f).into()),
            0xa0..=0xbf => Ok(Token::Str(self.bytes((first & 0x1f).into())?)),
            0xd9 => Ok(Token::Str(self.sized8()?)),
            _ => self.other_token(Marker::from_u8(first)),
        }
    }

    /// All other forms.
    fn other_token(&mut self, marker: Marker) -> Result<Token<'a>, DecodeError> {
        Ok(match marker {
            Marker::FixNeg(value) => signed(value.into()),
            Marker::Null => Token::Nil,
            Marker::False => Token::Bool(false),
            Marker::True => Token::Bool(true),
            Marker::U8 => Token::Unsigned(self.byte()?.into()),
            Marker::U16 => Token::Unsigned(u16::from_be_bytes(self.array()?).into()),
            Marker::U32 => Token::Unsigned(u32::from_be_bytes(self.array()?).into()),
            Marker::U64 => Token::Unsigned(u64::from_be_bytes(self.array()?)),
            Marker::I8 => signed(i8::from_be_bytes(self.array()?).into()),
            Marker::I16 => signed(i16::from_be_bytes(self.array()?).into()),
            Marker::I32 => signed(i32::from_be_bytes(self.array()?).into()),
            Marker::I64 => signed(i64::from_be_bytes(self.array()?)),
            Marker::F32 => Token::F32(f32::from_be_bytes(self.array()?)),
            Marker::F64 => Token::F64(f64::from_be_bytes(self.array()?)),
            marker => self.long_token(marker)?,
        })
    }

    /// Tokens that carry a length.
    fn long_token(&mut self, marker: Marker) -> Result<Token<'a>, DecodeError> {
        Ok(match marker {
            Marker::Str8 => Token::Str(self.sized8()?),
            Marker::Str16 => Token::Str(self.sized16()?),
            Marker::Str32 => Token::Str(self.sized32()?),
            Marker::Bin8 => Token::Bin(self.sized8()?),
            Marker::Bin16 => Token::Bin(self.sized16()?),
            Marker::Bin32 => Token::Bin(self.sized32()?),
            Marker::Array16 => {
                let length = u16::from_be_bytes(self.array()?);
                self.array_of(length.into())?
            }
            Marker::Array32 => {
                let length = u32::from_be_bytes(self.array()?);
                self.array_of(length)?
            }
            Marker::Map16 => {
                let length = u16::from_be_bytes(self.array()?);
                self.map_of(length.into())?
            }
            Marker::Map32 => {
                let length = u32::from_be_bytes(self.array()?);
                self.map_of(length)?
            }
            Marker::FixExt1 => self.ext(1)?,
            Marker::FixExt2 => self.ext(2)?,
            Marker::FixExt4 => self.ext(4)?,
            Marker::FixExt8 => self.ext(8)?,
            Marker::FixExt16 => self.ext(16)?,
            Marker::Ext8 => {
                let length = self.byte()?;
                self.ext(length.into())?
            }
            Marker::Ext16 => {
                let length = u16::from_be_bytes(self.array()?);
                self.ext(length.into())?
            }
            Marker::Ext32 => {
                let length = u32::from_be_bytes(self.array()?);
                self.ext(length as usize)?
            }
            _ => return Err(DecodeError::new("the byte 0xc1 begins no value")),
        })
    }

    /// Passes over one value, however large, without recursion; arrays and maps in it may nest
    /// `max_depth` deep (at most [`MAX_DEPTH`]).
    pub(super) fn skip(&mut self, max_depth: usize) -> Result<(), DecodeError> {
        match self.token()?.values_inside() {
            None => Ok(()),
            Some(inside) => self.skip_nested(inside, max_depth),
        }
    }

    /// Passes over what is in an array or map of `inside` values.
    fn skip_nested(&mut self, mut inside: usize, max_depth: usize) -> Result<(), DecodeError> {
        if max_depth == 0 {
            return Err(DecodeError::too_deep());
        }
        // Most hold nothing that could be nested.
        while inside > 0 {
            let mut ahead = self.clone();
            if ahead.token()?.values_inside().is_some() {
                return self.skip_deep(inside, max_depth);
            }
            *self = ahead;
            inside -= 1;
        }
        Ok(())
    }

    fn skip_deep(&mut self, inside: usize, max_depth: usize) -> Result<(), DecodeError> {
        // How many values are still to come at each level.
        let mut pending = [0; MAX_DEPTH];
        let mut depth = 0;
        let mut opened = Some(inside);
        loop {
            if let Some(inside) = opened {
                if depth == max_depth {
                    return Err(DecodeError::too_deep());
                }
                pending[depth] = inside;
                depth += 1;
            }
            while pending[depth - 1] == 0 {
                depth -= 1;
                if depth == 0 {
                    return Ok(());
                }
            }
            pending[depth - 1] -= 1;
            opened = self.token()?.values_inside();
        }
    }

    /// Passes over one value and returns its bytes.
    pub(super) fn raw(&mut self, max_depth: usize) -> Result<&'a [u8], DecodeError> {
        let before = self.rest;
        self.skip(max_depth)?;
        Ok(&before[..before.len() - self.rest.len()])
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        let (&byte, rest) = self.rest.split_first().ok_or_else(DecodeError::truncated)?;
        self.rest = rest;
        Ok(byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let (&bytes, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(DecodeError::truncated)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], DecodeError> {
        let (bytes, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(DecodeError::truncated)?;
        self.rest = rest;
        Ok(bytes)
    }

    fn sized8(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = self.byte()?;
        self.bytes(length.into())
    }

    fn sized16(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = u16::from_be_bytes(self.array()?);
        self.bytes(length.into())
    }

    fn sized32(&mut self) -> Result<&'a [u8], DecodeError> {
        let length = u32::from_be_bytes(self.array()?);
        self.bytes(length as usize)
    }

    /// Every item takes a byte at least: a longer claim is a lie, and sums cannot overflow.
    fn array_of(&self, length: u32) -> Result<Token<'a>, DecodeError> {
        self.check_count(length.into())?;
        Ok(Token::Array(length as usize))
    }

    fn map_of(&self, length: u32) -> Result<Token<'a>, DecodeError> {
        self.check_count(2 * u64::from(length))?;
        Ok(Token::Map(length as usize))
    }

    fn check_count(&self, items: u64) -> Result<(), DecodeError> {
        if items > self.rest.len() as u64 {
            return Err(DecodeError::truncated());
        }
        Ok(())
    }

    fn ext(&mut self, length: usize) -> Result<Token<'a>, DecodeError> {
        let kind = i8::from_be_bytes(self.array()?);
        Ok(Token::Ext(kind, self.bytes(length)?))
    }
}

/// A signed form may hold a number that is not negative.
const fn signed(value: i64) -> Token<'static> {
    if value < 0 {
        Token::Negative(value)
    } else {
        Token::Unsigned(value.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: Token<'_>) {
        let mut reader = Reader::new(bytes);
        assert_eq!(reader.token(), Ok(expected), "{bytes:x?}");
    }

    #[test]
    fn every_integer_form_is_a_number() {
        for bytes in [
            &b"\x05"[..],
            b"\xcc\x05",
            b"\xcd\0\x05",
            b"\xce\0\0\0\x05",
            b"\xcf\0\0\0\0\0\0\0\x05",
            b"\xd0\x05",
            b"\xd1\0\x05",
            b"\xd2\0\0\0\x05",
            b"\xd3\0\0\0\0\0\0\0\x05",
        ] {
            check(bytes, Token::Unsigned(5));
        }
        for bytes in [
            &b"\xff"[..],
            b"\xd0\xff",
            b"\xd1\xff\xff",
            b"\xd2\xff\xff\xff\xff",
            b"\xd3\xff\xff\xff\xff\xff\xff\xff\xff",
        ] {
            check(bytes, Token::Negative(-1));
        }
    }

    #[test]
    fn lengths_come_in_all_sizes() {
        check(b"\xa1a", Token::Str(b"a"));
        check(b"\xd9\x01a", Token::Str(b"a"));
        check(b"\xda\0\x01a", Token::Str(b"a"));
        check(b"\xdb\0\0\0\x01a", Token::Str(b"a"));
        check(b"\xc4\x01a", Token::Bin(b"a"));
        check(b"\xc5\0\x01a", Token::Bin(b"a"));
        check(b"\xc6\0\0\0\x01a", Token::Bin(b"a"));
        check(b"\x91\xc0", Token::Array(1));
        check(b"\xdc\0\x01\xc0", Token::Array(1));
        check(b"\xdd\0\0\0\x01\xc0", Token::Array(1));
        check(b"\x81\xc0\xc0", Token::Map(1));
        check(b"\xde\0\x01\xc0\xc0", Token::Map(1));
        check(b"\xdf\0\0\0\x01\xc0\xc0", Token::Map(1));
        check(b"\xd4\x07a", Token::Ext(7, b"a"));
        check(b"\xd5\x07ab", Token::Ext(7, b"ab"));
        check(b"\xc7\x01\x07a", Token::Ext(7, b"a"));
        check(b"\xc8\0\x01\x07a", Token::Ext(7, b"a"));
        check(b"\xc9\0\0\0\x01\x07a", Token::Ext(7, b"a"));
    }

    #[test]
    fn a_claim_beyond_the_bytes_is_refused() {
        for bytes in [
            &b""[..],
            b"\xcc",
            b"\xa2a",
            b"\xdb\xff\xff\xff\xffa",
            b"\xdd\xff\xff\xff\xffa",
            b"\xdf\xff\xff\xff\xffa",
            b"\xc6\xff\xff\xff\xffa",
            b"\xc9\xff\xff\xff\xff\x01a",
            b"\xc1",
        ] {
            assert!(Reader::new(bytes).token().is_err(), "{bytes:x?}");
        }
    }

    fn check_skip(bytes: &[u8], expected: Option<usize>) {
        let raw = Reader::new(bytes).raw(4).ok().map(<[u8]>::len);
        assert_eq!(raw, expected, "{bytes:x?}");
    }

    #[test]
    fn skipping_ends_where_the_value_ends() {
        check_skip(b"\xc0\xc0", Some(1));
        check_skip(b"\x90\xc0", Some(1));
        check_skip(b"\x92\x81\xa1a\x90\x80\xc0", Some(6));
        check_skip(b"\x91\x91\x91\x91\xc0", Some(5));
        check_skip(b"\x91\x91\x91\x91\x91\xc0", None);
        check_skip(b"\x91\x91\x91\x90", Some(4));
        check_skip(b"\x91\x91\x91\x91\x90", None);
        check_skip(b"\x92\xc0", None);
    }
}
