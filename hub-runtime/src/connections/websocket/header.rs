//! The head of a client's frame: opcode, length and masking key (RFC 6455, section 5.2).

use super::close::FrameError;
use super::deflate::RSV1;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opcode {
    /// More of the message that an earlier frame began.
    Continuation = 0,
    /// A message, or its begin, in UTF-8.
    Text = 1,
    /// A message, or its begin, in bytes.
    Binary = 2,
    /// The last frame of its sender.
    Close = 8,
    /// To be answered by a pong.
    Ping = 9,
    /// The answer to a ping, or a sign of life.
    Pong = 10,
}

impl Opcode {
    fn from_bits(bits: u8) -> Result<Self, FrameError> {
        Ok(match bits {
            0 => Self::Continuation,
            1 => Self::Text,
            2 => Self::Binary,
            8 => Self::Close,
            9 => Self::Ping,
            10 => Self::Pong,
            reserved => return Err(FrameError::ReservedOpcode(reserved)),
        })
    }

    pub(super) fn is_control(self) -> bool {
        self as u8 >= 8
    }
}

/// The longest head of a client's frame: two bytes, eight of length, four of key.
pub(super) const MAX_CLIENT_HEADER: usize = 14;

/// The head of one frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) opcode: Opcode,
    /// Whether the message ends with this frame.
    pub(super) fin: bool,
    /// Whether the message that begins here is compressed.
    pub(super) compressed: bool,
    pub(super) length: u64,
    pub(super) key: [u8; 4],
}

impl Header {
    /// Reads the head at the begin of `bytes`, and how many bytes it takes. `None` if it is not
    /// complete. What is wrong is refused as soon as it is there, before the rest of the head:
    /// compressed messages too, unless they `may_be_compressed`.
    #[inline]
    pub(super) fn parse(
        bytes: &[u8],
        may_be_compressed: bool,
    ) -> Result<Option<(Self, usize)>, FrameError> {
        let [first, rest @ ..] = bytes else {
            return Ok(None);
        };
        if first & 0x70 != 0 && !(may_be_compressed && begins_compressed(*first)) {
            return Err(FrameError::ReservedBits);
        }
        let opcode = Opcode::from_bits(first & 0x0f)?;
        let fin = first & 0x80 != 0;
        if opcode.is_control() && !fin {
            return Err(FrameError::FragmentedControlFrame);
        }
        let [second, rest @ ..] = rest else {
            return Ok(None);
        };
        if second & 0x80 == 0 {
            return Err(FrameError::NotMasked);
        }
        let short = second & 0x7f;
        if opcode.is_control() && short > 125 {
            return Err(FrameError::LongControlFrame);
        }
        let Some((length, rest)) = parse_length(short, rest)? else {
            return Ok(None);
        };
        let Some((key, rest)) = rest.split_first_chunk() else {
            return Ok(None);
        };
        Ok(Some((
            Self {
                opcode,
                fin,
                compressed: first & RSV1 != 0,
                length,
                key: *key,
            },
            bytes.len() - rest.len(),
        )))
    }

    /// What is left of the frame behind `size` bytes of its payload: the key is turned to fit the next
    /// one.
    #[inline]
    pub(super) fn behind(self, size: usize) -> Self {
        let mut key = self.key;
        key.rotate_left(size % 4);
        Self {
            length: self.length - size as u64,
            key,
            ..self
        }
    }
}

/// The head of a frame that is there to its end, and is a whole message: uncompressed, and of less
/// than 64 KiB.
#[derive(Clone, Copy, Debug)]
pub(super) struct WholeMessage {
    pub(super) is_text: bool,
    /// Bytes of the head.
    pub(super) size: usize,
    /// Bytes of the payload.
    pub(super) length: usize,
    pub(super) key: [u8; 4],
}

impl WholeMessage {
    /// `None` for every other frame, the wrong ones included.
    #[inline]
    pub(super) fn at_front(bytes: &[u8]) -> Option<Self> {
        let ([first, second], rest) = bytes.split_first_chunk()?;
        let is_text = match first {
            0x81 => true,
            0x82 => false,
            _ => return None,
        };
        let (length, rest) = match second {
            0x80..=0xfd => (usize::from(second & 0x7f), rest),
            0xfe => {
                let (length, rest) = rest.split_first_chunk()?;
                (usize::from(u16::from_be_bytes(*length)), rest)
            }
            _ => return None,
        };
        let (key, rest) = rest.split_first_chunk()?;
        let is_shortest = *second != 0xfe || length > 125;
        (is_shortest && length <= rest.len()).then_some(Self {
            is_text,
            size: bytes.len() - rest.len(),
            length,
            key: *key,
        })
    }
}

/// Whether a frame's first byte begins a compressed message (RFC 7692, section 6): control frames and
/// continuations do not.
fn begins_compressed(first: u8) -> bool {
    first & 0x70 == RSV1 && matches!(first & 0x0f, 1 | 2)
}

/// The length, which must stand in its shortest form and fit into 63 bits.
#[inline]
fn parse_length(short: u8, rest: &[u8]) -> Result<Option<(u64, &[u8])>, FrameError> {
    let (length, least, rest) = match short {
        126 => match rest.split_first_chunk() {
            Some((bytes, rest)) => (u64::from(u16::from_be_bytes(*bytes)), 126, rest),
            None => return Ok(None),
        },
        127 => match rest.split_first_chunk() {
            Some((bytes, rest)) => (u64::from_be_bytes(*bytes), 0x1_0000, rest),
            None => return Ok(None),
        },
        short => (u64::from(short), 0, rest),
    };
    if length < least || length >> 63 != 0 {
        return Err(FrameError::MalformedLength);
    }
    Ok(Some((length, rest)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use FrameError as E;

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<(Opcode, bool, u64), E>) {
        let parsed = Header::parse(bytes, false).map(|header| {
            let (header, size) = header.expect("complete");
            assert_eq!(size, bytes.len());
            assert_eq!(header.key, bytes[size - 4..]);
            (header.opcode, header.fin, header.length)
        });
        assert_eq!(parsed, expected, "{bytes:x?}");
        // Any part of a good head is incomplete, never an error, and never a head.
        if expected.is_ok() {
            for cut in 0..bytes.len() {
                assert_eq!(Header::parse(&bytes[..cut], false), Ok(None));
            }
        }
    }

    #[test]
    fn opcodes() {
        check(b"\x81\x80abcd", Ok((Opcode::Text, true, 0)));
        check(b"\x01\x85abcd", Ok((Opcode::Text, false, 5)));
        check(b"\x82\xfdabcd", Ok((Opcode::Binary, true, 125)));
        check(b"\x00\x81abcd", Ok((Opcode::Continuation, false, 1)));
        check(b"\x80\x81abcd", Ok((Opcode::Continuation, true, 1)));
        check(b"\x88\x82abcd", Ok((Opcode::Close, true, 2)));
        check(b"\x89\xfdabcd", Ok((Opcode::Ping, true, 125)));
        check(b"\x8a\x80abcd", Ok((Opcode::Pong, true, 0)));
        for opcode in [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] {
            check(&[0x80 | opcode], Err(E::ReservedOpcode(opcode)));
        }
    }

    #[test]
    fn lengths() {
        check(b"\x82\xfe\x00\x7eabcd", Ok((Opcode::Binary, true, 126)));
        check(b"\x82\xfe\xff\xffabcd", Ok((Opcode::Binary, true, 0xffff)));
        check(
            b"\x82\xff\0\0\0\0\0\x01\0\0abcd",
            Ok((Opcode::Binary, true, 0x1_0000)),
        );
        check(
            b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xffabcd",
            Ok((Opcode::Binary, true, u64::MAX >> 1)),
        );
        check(b"\x82\xff\x80\0\0\0\0\0\0\0", Err(E::MalformedLength));
        check(b"\x82\xfe\x00\x7d", Err(E::MalformedLength));
        check(b"\x82\xff\0\0\0\0\0\0\xff\xff", Err(E::MalformedLength));
    }

    #[test]
    fn rules() {
        check(b"\xc1", Err(E::ReservedBits));
        check(b"\xa1", Err(E::ReservedBits));
        check(b"\x91", Err(E::ReservedBits));
        check(b"\x81\x05", Err(E::NotMasked));
        check(b"\x09", Err(E::FragmentedControlFrame));
        check(b"\x08", Err(E::FragmentedControlFrame));
        check(b"\x89\xfe", Err(E::LongControlFrame));
        check(b"\x88\xff", Err(E::LongControlFrame));
    }
}
