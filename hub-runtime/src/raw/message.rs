use hub_core::Bytes;
use std::fmt;

/// What travels over a [`RawConnection`](super::RawConnection): text or bytes.
///
/// Over WebSockets each is one message, whole. The other transports carry a stream of bytes, in
/// which the ends of messages are lost: a received piece may be several messages in one, or a part
/// of one. Over Server-Sent Events pieces are text and are cut between characters only; over long
/// polling they are bytes, whatever the client sent.
///
/// ```
/// use hub_runtime::RawMessage;
///
/// let message = RawMessage::from("Hello");
/// assert_eq!((message.as_text(), &message[..]), (Some("Hello"), &b"Hello"[..]));
/// assert_eq!(RawMessage::from(vec![0xff]).as_text(), None);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RawMessage {
    bytes: bytes::Bytes,
    /// Then it is valid UTF-8.
    is_text: bool,
}

impl RawMessage {
    /// Bytes that are known to be UTF-8.
    pub(super) fn checked_text(bytes: bytes::Bytes) -> Self {
        Self {
            bytes,
            is_text: true,
        }
    }

    /// Whether it travels as text.
    #[must_use]
    pub fn is_text(&self) -> bool {
        self.is_text
    }

    /// The text, if it travels as text.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        let text = self.is_text.then(|| std::str::from_utf8(&self.bytes));
        text.and_then(Result::ok)
    }

    /// The bytes, of a text in UTF-8. Costs nothing.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.bytes.into()
    }

    /// Whether it can be shown to a client that reads text only.
    pub(super) fn is_utf8(&self) -> bool {
        self.is_text || std::str::from_utf8(&self.bytes).is_ok()
    }
}

impl std::ops::Deref for RawMessage {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl From<String> for RawMessage {
    fn from(text: String) -> Self {
        Self::checked_text(text.into_bytes().into())
    }
}

impl From<&str> for RawMessage {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<Vec<u8>> for RawMessage {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<&[u8]> for RawMessage {
    fn from(bytes: &[u8]) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<Bytes> for RawMessage {
    fn from(bytes: Bytes) -> Self {
        Self {
            bytes: bytes.into_inner(),
            is_text: false,
        }
    }
}

/// Its kind and length: contents have no place in logs.
impl fmt::Debug for RawMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.is_text { "text" } else { "binary" };
        write!(f, "RawMessage({kind}, {} bytes)", self.bytes.len())
    }
}
