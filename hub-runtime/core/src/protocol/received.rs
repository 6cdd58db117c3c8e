//! Bytes of a peer's, and what is known of them.

use std::ops::Range;

/// What a peer sent. Where a transport has checked that it is UTF-8, nobody has to again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received<'a> {
    /// Text.
    Text(&'a str),
    /// Bytes that nobody has looked at.
    Bytes(&'a [u8]),
}

impl<'a> Received<'a> {
    /// All of it.
    #[inline]
    pub const fn bytes(self) -> &'a [u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    /// Whether nothing is there.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.bytes().is_empty()
    }

    /// A part of it. Panics if it ends beyond the end.
    #[inline]
    pub(crate) fn slice(self, range: Range<usize>) -> Self {
        match self {
            Self::Text(text) if text.get(range.clone()).is_some() => Self::Text(&text[range]),
            _ => Self::Bytes(&self.bytes()[range]),
        }
    }

    /// The first `at` bytes, and the rest. Panics if there are fewer.
    #[inline]
    pub(crate) fn split_at(self, at: usize) -> (Self, Self) {
        if let Self::Text(text) = self
            && let Some((front, rest)) = text.split_at_checked(at)
        {
            return (Self::Text(front), Self::Text(rest));
        }
        let (front, rest) = self.bytes().split_at(at);
        (Self::Bytes(front), Self::Bytes(rest))
    }
}

impl<'a> From<&'a [u8]> for Received<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Received<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a Vec<u8>> for Received<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<'a> From<&'a str> for Received<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_within_a_character_leaves_bytes() {
        let text = Received::from("aä");
        assert_eq!(text.split_at(1), (Received::from("a"), Received::from("ä")));
        assert_eq!(
            text.split_at(2),
            (Received::from(b"a\xc3"), Received::from(b"\xa4"))
        );
    }
}
