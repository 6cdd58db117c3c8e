//! Close codes, and the errors of a peer that are answered with one.

use super::utf8::Utf8;
use std::fmt;

/// Why a WebSocket connection is closed (RFC 6455, section 7.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CloseCode(pub(crate) u16);

impl CloseCode {
    /// The purpose of the connection is fulfilled.
    pub(crate) const NORMAL: Self = Self(1000);
    /// The server shuts down.
    pub(crate) const GOING_AWAY: Self = Self(1001);
    /// The peer broke the rules of framing.
    pub(crate) const PROTOCOL_ERROR: Self = Self(1002);
    /// A text message, or a close reason, is not UTF-8; or a compressed one is corrupt.
    pub(crate) const INVALID_PAYLOAD: Self = Self(1007);
    /// A message is larger than we take.
    pub(crate) const MESSAGE_TOO_BIG: Self = Self(1009);
    /// The server failed.
    pub(crate) const INTERNAL_ERROR: Self = Self(1011);

    /// Whether a peer may send it: codes such as 1005 and 1006 only stand for "there was none".
    fn may_be_sent(self) -> bool {
        matches!(self.0, 1000..=1003 | 1007..=1011 | 3000..=4999)
    }
}

/// Reads the payload of a close frame: nothing, or a code and a reason in UTF-8 (section 5.5.1).
pub(super) fn parse(payload: &[u8]) -> Result<Option<CloseCode>, FrameError> {
    let (code, reason) = match payload {
        [] => return Ok(None),
        [high, low, reason @ ..] => (CloseCode(u16::from_be_bytes([*high, *low])), reason),
        [_] => return Err(FrameError::CloseWithHalfACode),
    };
    if !code.may_be_sent() {
        return Err(FrameError::ForbiddenCloseCode(code.0));
    }
    if !Utf8::default().accepts_piece(reason, true) {
        return Err(FrameError::InvalidUtf8);
    }
    Ok(Some(code))
}

/// What a peer did wrong. Nothing can be read after it: answer [`FrameError::close_code`] and end
/// the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FrameError {
    /// A reserved bit is set that no extension, as agreed upon, gives a meaning there.
    ReservedBits,
    /// An opcode without meaning.
    ReservedOpcode(u8),
    /// Frames of clients must be masked (section 5.1).
    NotMasked,
    /// A control frame in fragments.
    FragmentedControlFrame,
    /// A control frame with more than 125 bytes.
    LongControlFrame,
    /// A length that fits into a shorter form, or has its top bit set (section 5.2).
    MalformedLength,
    /// A continuation without a message to continue.
    UnexpectedContinuation,
    /// A new message within a fragmented one.
    ExpectedContinuation,
    /// A message in more than [`MAX_FRAGMENTS`](super::frame::MAX_FRAGMENTS) frames.
    TooManyFragments,
    /// A text message or a close reason that is not UTF-8.
    InvalidUtf8,
    /// A compressed message that cannot be inflated.
    #[cfg_attr(
        not(feature = "deflate"),
        allow(dead_code, reason = "nothing is inflated")
    )]
    Corrupt,
    /// A close frame with a payload of one byte.
    CloseWithHalfACode,
    /// A close code that must not be sent.
    ForbiddenCloseCode(u16),
}

impl FrameError {
    /// What to tell the peer.
    pub(crate) fn close_code(self) -> CloseCode {
        match self {
            Self::InvalidUtf8 | Self::Corrupt => CloseCode::INVALID_PAYLOAD,
            Self::TooManyFragments => CloseCode::MESSAGE_TOO_BIG,
            _ => CloseCode::PROTOCOL_ERROR,
        }
    }
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedBits => f.write_str("a reserved bit is set"),
            Self::ReservedOpcode(opcode) => write!(f, "opcode {opcode} is reserved"),
            Self::NotMasked => f.write_str("the frame is not masked"),
            Self::FragmentedControlFrame => f.write_str("a control frame is fragmented"),
            Self::LongControlFrame => f.write_str("a control frame is longer than 125 bytes"),
            Self::MalformedLength => f.write_str("the frame length is malformed"),
            Self::UnexpectedContinuation => f.write_str("there is no message to continue"),
            Self::ExpectedContinuation => f.write_str("a message starts within another one"),
            Self::TooManyFragments => f.write_str("the message has too many fragments"),
            Self::InvalidUtf8 => f.write_str("the text is not UTF-8"),
            Self::Corrupt => f.write_str("the compressed message is corrupt"),
            Self::CloseWithHalfACode => f.write_str("the close code is cut short"),
            Self::ForbiddenCloseCode(code) => write!(f, "close code {code} must not be sent"),
        }
    }
}

impl std::error::Error for FrameError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(payload: &[u8], expected: Result<Option<u16>, FrameError>) {
        assert_eq!(parse(payload), expected.map(|code| code.map(CloseCode)));
    }

    #[test]
    fn payloads() {
        check(b"", Ok(None));
        check(&[3], Err(FrameError::CloseWithHalfACode));
        check(&[3, 0xe8], Ok(Some(1000)));
        check(b"\x03\xe8bye", Ok(Some(1000)));
        check(
            "\u{3}\u{0}".as_bytes(),
            Err(FrameError::ForbiddenCloseCode(0x300)),
        );
        check(b"\x03\xe8\xce\xba\xe1", Err(FrameError::InvalidUtf8));
        check(b"\x03\xe8\xed\xa0\x80", Err(FrameError::InvalidUtf8));
    }

    #[test]
    fn codes() {
        for code in [
            1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999,
        ] {
            check(&u16::to_be_bytes(code), Ok(Some(code)));
        }
        for code in [
            0, 999, 1004, 1005, 1006, 1012, 1015, 1016, 1100, 2000, 2999, 5000, 65535,
        ] {
            check(
                &u16::to_be_bytes(code),
                Err(FrameError::ForbiddenCloseCode(code)),
            );
        }
    }

    #[test]
    fn answers() {
        assert_eq!(
            FrameError::InvalidUtf8.close_code(),
            CloseCode::INVALID_PAYLOAD
        );
        assert_eq!(
            FrameError::TooManyFragments.close_code(),
            CloseCode::MESSAGE_TOO_BIG
        );
        assert_eq!(
            FrameError::NotMasked.close_code(),
            CloseCode::PROTOCOL_ERROR
        );
    }
}
