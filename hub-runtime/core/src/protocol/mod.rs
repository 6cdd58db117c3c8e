//! The hub protocols: what hub messages mean and how they look as bytes.
//!
//! Reading goes from [`Framing`] (where does a message end?) over [`Message::parse`] (what is it?)
//! to [`Arguments::decode`] and [`RawValue::decode`] (what does it hold?), which run last and
//! straight from the received bytes. Writing is [`Encoded`]: one whole message in one buffer.

mod argument_list;
mod arguments;
mod batch;
mod encoded;
mod error;
mod framing;
pub mod handshake;
mod headers;
mod json;
mod message;
mod message_pack;
mod owned_arguments;
mod read_back;
mod received;
mod spare;
mod stream_items;
mod value;

pub use self::argument_list::ArgumentList;
pub use self::arguments::{ArgumentTuple, Arguments, BindError};
pub use self::batch::{Batch, BatchLimits};
pub use self::encoded::{EncodeError, Encoded, EncodedInvocation};
pub use self::error::ParseError;
pub(crate) use self::error::{MAX_QUOTE, shortened};
pub use self::framing::{Frame, Framing, FramingError, RECORD_SEPARATOR};
pub use self::headers::{Headers, OwnedHeaders};
pub(crate) use self::json::write_string as write_json_string;
pub(crate) use self::json::write_value as write_json_value;
pub use self::message::{CompletionOutcome, Invocation, Message};
pub use self::message_pack::DecodeError;
#[cfg(feature = "chrono")]
pub(crate) use self::message_pack::writes_message_pack;
pub use self::owned_arguments::{OwnedArguments, ReplaceError};
pub use self::received::Received;
pub use self::stream_items::StreamItems;
pub use self::value::{OwnedValue, RawValue, ValueError};

/// How deep arrays and maps may nest in a message, the message itself included
/// (SignalR wire specification, section 10.1).
pub const MAX_DEPTH: usize = 64;

/// A hub protocol: one of the two encodings a client may ask for in its handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `json`: text, each message ends with the byte 0x1E.
    Json,
    /// `messagepack`: binary, each message follows its length.
    MessagePack,
}

impl Protocol {
    /// Both protocols, in the order in which they are numbered everywhere.
    pub const ALL: [Self; 2] = [Self::Json, Self::MessagePack];

    /// The highest handshake version that exists; 2 is 1 plus stateful reconnect.
    pub const MAX_VERSION: u8 = 2;

    /// The name that clients write in their handshake.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::MessagePack => "messagepack",
        }
    }

    /// The protocol of that name, ignoring case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|protocol| protocol.name().eq_ignore_ascii_case(name))
    }

    /// What the protocol's messages need of a transport.
    pub const fn transfer_format(self) -> TransferFormat {
        match self {
            Self::Json => TransferFormat::Text,
            Self::MessagePack => TransferFormat::Binary,
        }
    }
}

/// What the bytes of a transport message are: the opcode of a WebSocket frame, for example.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferFormat {
    /// UTF-8 text.
    Text,
    /// Any bytes.
    Binary,
}

impl TransferFormat {
    /// The name in negotiate answers and error texts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Binary => "Binary",
        }
    }
}

/// The transfer formats a transport can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransferFormats {
    /// Only text: Server-Sent Events.
    Text,
    /// Text and binary: WebSockets and long polling.
    TextAndBinary,
}

impl TransferFormats {
    /// Whether the transport can carry `format`.
    pub const fn supports(self, format: TransferFormat) -> bool {
        matches!(
            (self, format),
            (_, TransferFormat::Text) | (Self::TextAndBinary, _)
        )
    }

    /// The formats one by one, in the order of negotiate answers.
    pub const fn as_slice(self) -> &'static [TransferFormat] {
        match self {
            Self::Text => &[TransferFormat::Text],
            Self::TextAndBinary => &[TransferFormat::Text, TransferFormat::Binary],
        }
    }
}

/// A set of hub protocols: those a server offers, or those that are in use among receivers.
///
/// The default is JSON alone, as on a server that was told nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Protocols(u8);

impl Protocols {
    /// No protocol at all.
    pub const NONE: Self = Self(0);
    /// Only JSON.
    pub const JSON: Self = Self::NONE.with(Protocol::Json);
    /// Only MessagePack.
    pub const MESSAGE_PACK: Self = Self::NONE.with(Protocol::MessagePack);
    /// JSON and MessagePack.
    pub const ALL: Self = Self::JSON.with(Protocol::MessagePack);

    /// This set and `protocol`.
    #[must_use]
    pub const fn with(self, protocol: Protocol) -> Self {
        Self(self.0 | 1 << protocol as u8)
    }

    /// Whether `protocol` is in the set.
    pub const fn contains(self, protocol: Protocol) -> bool {
        self.0 & 1 << protocol as u8 != 0
    }

    /// Whether the set holds nothing.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The protocols of the set, JSON first.
    pub fn iter(self) -> impl Iterator<Item = Protocol> {
        Protocol::ALL
            .into_iter()
            .filter(move |&protocol| self.contains(protocol))
    }
}

impl Default for Protocols {
    fn default() -> Self {
        Self::JSON
    }
}

impl From<Protocol> for Protocols {
    fn from(protocol: Protocol) -> Self {
        Self::NONE.with(protocol)
    }
}

impl FromIterator<Protocol> for Protocols {
    fn from_iter<I: IntoIterator<Item = Protocol>>(protocols: I) -> Self {
        protocols.into_iter().fold(Self::NONE, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_ignoring_case() {
        assert_eq!(Protocol::from_name("json"), Some(Protocol::Json));
        assert_eq!(
            Protocol::from_name("MessagePack"),
            Some(Protocol::MessagePack)
        );
        assert_eq!(Protocol::from_name("blazorpack"), None);
        assert_eq!(Protocol::from_name(""), None);
    }

    #[test]
    fn a_set_holds_what_was_put_in() {
        let both: Protocols = Protocol::ALL.into_iter().collect();
        assert_eq!(both, Protocols::ALL);
        assert_eq!(both.iter().collect::<Vec<_>>(), Protocol::ALL);
        assert!(Protocols::default().contains(Protocol::Json));
        assert!(!Protocols::default().contains(Protocol::MessagePack));
        assert!(Protocols::NONE.is_empty());
    }

    #[test]
    fn event_streams_carry_text_alone() {
        assert!(TransferFormats::Text.supports(TransferFormat::Text));
        assert!(!TransferFormats::Text.supports(TransferFormat::Binary));
        assert!(TransferFormats::TextAndBinary.supports(TransferFormat::Binary));
    }
}
