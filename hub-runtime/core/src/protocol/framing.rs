//! Where one message ends and the next begins in the byte stream
//! (SignalR wire specification, section 9).

use super::Protocol;

/// The byte that ends a JSON message and both handshake messages.
pub const RECORD_SEPARATOR: u8 = 0x1e;

/// Longest length prefix of a MessagePack message.
pub(super) const MAX_PREFIX: usize = 5;

/// Finds messages in a byte stream, piece by piece.
///
/// It holds no bytes, only how far it has looked, so that a message that arrives byte by byte
/// is searched once and not once for each byte.
#[derive(Debug, Clone)]
pub struct Framing {
    protocol: Protocol,
    /// So many bytes of the unfinished message are known to hold no separator.
    searched: usize,
}

/// One message found by [`Framing::next`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The message without its separator or length.
    pub body: &'a [u8],
    /// Where the body begins in the bytes that were given.
    pub start: usize,
    /// How many of the given bytes the message took; the next one begins there.
    pub end: usize,
}

/// A byte stream that cannot be cut into messages; nothing after it can be trusted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FramingError {
    /// A message is longer than the receiver allows; holds the limit in bytes.
    #[error(
        "The maximum message size of {0}B was exceeded. \
         The message size can be configured in AddHubOptions."
    )]
    MessageTooLarge(usize),
    /// A length prefix of more than five bytes or beyond 2^31 - 1.
    #[error("Messages over 2GB in size are not supported.")]
    Length,
}

impl Framing {
    /// A splitter that stands at the beginning of a message.
    pub const fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            searched: 0,
        }
    }

    /// Takes the message that begins at `bytes[0]`, or `None` until all of it is there.
    ///
    /// After `None` the next call must give the same bytes with more behind them. `max` bounds
    /// the whole message in bytes, its separator or length prefix included.
    #[inline]
    pub fn next<'a>(
        &mut self,
        bytes: &'a [u8],
        max: Option<usize>,
    ) -> Result<Option<Frame<'a>>, FramingError> {
        match self.protocol {
            Protocol::Json => self.next_record(bytes, max.unwrap_or(usize::MAX)),
            Protocol::MessagePack => next_prefixed(bytes, max.unwrap_or(usize::MAX)),
        }
    }

    fn next_record<'a>(
        &mut self,
        bytes: &'a [u8],
        max: usize,
    ) -> Result<Option<Frame<'a>>, FramingError> {
        let reach = bytes.len().min(max);
        if let Some(found) = memchr::memchr(RECORD_SEPARATOR, &bytes[self.searched..reach]) {
            let length = self.searched + found;
            self.searched = 0;
            return Ok(Some(Frame {
                body: &bytes[..length],
                start: 0,
                end: length + 1,
            }));
        }
        if bytes.len() > max {
            return Err(FramingError::MessageTooLarge(max));
        }
        self.searched = reach;
        Ok(None)
    }
}

fn next_prefixed(bytes: &[u8], max: usize) -> Result<Option<Frame<'_>>, FramingError> {
    let Some((length, start)) = read_prefix(bytes)? else {
        return Ok(None);
    };
    // Refused on the claim alone: nothing is kept for a message that will never be served.
    if length.saturating_add(start) > max {
        return Err(FramingError::MessageTooLarge(max));
    }
    let end = start + length;
    Ok(bytes.get(start..end).map(|body| Frame { body, start, end }))
}

/// Reads a length prefix: the length, and how many bytes the prefix took.
fn read_prefix(bytes: &[u8]) -> Result<Option<(usize, usize)>, FramingError> {
    let mut length = 0u64;
    for (index, &byte) in bytes.iter().take(MAX_PREFIX).enumerate() {
        length |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return match i32::try_from(length) {
                Ok(_) => Ok(Some((length as usize, index + 1))),
                Err(_) => Err(FramingError::Length),
            };
        }
    }
    if bytes.len() < MAX_PREFIX {
        Ok(None)
    } else {
        Err(FramingError::Length)
    }
}

/// Writes the prefix for a body of `length` bytes into the end of `room`; returns its size.
#[inline]
pub(super) fn write_prefix(room: &mut [u8; MAX_PREFIX], length: u32) -> usize {
    if length < 0x80 {
        room[MAX_PREFIX - 1] = length as u8;
        return 1;
    }
    let mut rest = length;
    let mut bytes = [0; MAX_PREFIX];
    let mut size = 0;
    loop {
        let more = u8::from(rest > 0x7f) << 7;
        bytes[size] = (rest & 0x7f) as u8 | more;
        size += 1;
        rest >>= 7;
        if rest == 0 {
            break;
        }
    }
    room[MAX_PREFIX - size..].copy_from_slice(&bytes[..size]);
    size
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        protocol: Protocol,
        bytes: &[u8],
        max: usize,
        expected: Result<Option<&[u8]>, FramingError>,
    ) {
        let found = Framing::new(protocol).next(bytes, Some(max));
        let body = found.map(|frame| frame.map(|frame| frame.body));
        assert_eq!((bytes, body), (bytes, expected));
    }

    #[test]
    fn records_end_at_the_separator() {
        let json = |bytes, max, expected| check(Protocol::Json, bytes, max, expected);
        json(b"", 8, Ok(None));
        json(b"{}", 8, Ok(None));
        json(b"{}\x1e{", 8, Ok(Some(b"{}")));
        json(b"\x1e", 8, Ok(Some(b"")));
    }

    #[test]
    fn prefixed_messages_end_after_their_length() {
        let pack = |bytes, max, expected| check(Protocol::MessagePack, bytes, max, expected);
        pack(b"", 8, Ok(None));
        pack(b"\x02\x91", 8, Ok(None));
        pack(b"\x02\x91\x06\x02", 8, Ok(Some(b"\x91\x06")));
        pack(b"\x00", 8, Ok(Some(b"")));
        pack(b"\x80", 8, Ok(None));
        pack(b"\x82\x00\x91\x06", 8, Ok(Some(b"\x91\x06")));
    }

    #[test]
    fn the_limit_counts_separator_and_prefix() {
        let too_large = |max| Err(FramingError::MessageTooLarge(max));
        check(Protocol::Json, b"1234567\x1e", 8, Ok(Some(b"1234567")));
        check(Protocol::Json, b"12345678", 8, Ok(None));
        check(Protocol::Json, b"12345678\x1e", 8, too_large(8));
        check(Protocol::MessagePack, b"\x021234", 3, Ok(Some(b"12")));
        check(Protocol::MessagePack, b"\x03", 3, too_large(3));
        check(
            Protocol::MessagePack,
            b"\xff\xff\xff\xff\x07",
            3,
            too_large(3),
        );
    }

    #[test]
    fn lengths_beyond_two_gibibytes_are_refused() {
        let refused = || Err(FramingError::Length);
        check(
            Protocol::MessagePack,
            b"\xff\xff\xff\xff\x0f",
            usize::MAX,
            refused(),
        );
        check(
            Protocol::MessagePack,
            b"\xff\xff\xff\xff\xff\x00",
            usize::MAX,
            refused(),
        );
        check(
            Protocol::MessagePack,
            b"\xff\xff\xff\xff\x07",
            usize::MAX,
            Ok(None),
        );
    }

    #[test]
    fn bytes_are_searched_once() {
        let mut framing = Framing::new(Protocol::Json);
        let bytes = b"{\"type\":6}\x1e";
        for end in 0..bytes.len() {
            assert_eq!(framing.next(&bytes[..end], None), Ok(None));
            assert_eq!(framing.searched, end);
        }
        let frame = framing.next(bytes, None).unwrap().unwrap();
        assert_eq!((frame.body.len(), frame.end, framing.searched), (10, 11, 0));
    }
}
