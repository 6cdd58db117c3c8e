//! What a session tells its driver.

use crate::protocol::handshake::HandshakeError;
use crate::protocol::{Encoded, FramingError, Message, ParseError, Protocol};

/// Something the client did.
#[derive(Debug, PartialEq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The handshake is over; hub messages follow. Send `reply` before anything else.
    HandshakeAccepted {
        /// The protocol of all hub messages.
        protocol: Protocol,
        /// Version of the handshake; 2 allows stateful reconnect.
        version: u8,
        /// The answer for the client.
        reply: &'static [u8],
        /// Whether the connection survives its transport: stateful reconnect was negotiated, and
        /// the version is 2.
        resumable: bool,
    },
    /// The client was turned down. Send `reply`, then end the transport; there is no Close.
    HandshakeRejected {
        /// The answer for the client.
        reply: Vec<u8>,
        /// What was wrong.
        error: HandshakeError,
    },
    /// A hub message. Pings have been noted already and ask for nothing.
    Message(Message<'a>),
    /// A message that the client has sent again, and that was handled before. Asks for nothing.
    Duplicate,
    /// The client broke the protocol. Close the connection with this error.
    Failed(SessionError),
}

/// Something that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Timeout {
    /// No handshake came in time. Send `reply`, then end the transport; there is no Close.
    Handshake {
        /// The answer for the client.
        reply: Vec<u8>,
    },
    /// The client has been silent for too long. Close the connection with this error.
    Client(SessionError),
    /// A ping should be sent; nothing else changes.
    KeepAlive {
        /// The ping.
        ping: &'static [u8],
    },
    /// The client should be told what has arrived; nothing else changes.
    Ack {
        /// The Ack.
        ack: Encoded,
    },
}

/// Why a connection must end with an error.
///
/// `Display` is the detail that a client may see if detailed errors are on: exception name and
/// message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", self.exception_name(), self.message())]
#[non_exhaustive]
pub enum SessionError {
    /// A message cannot be read.
    Parse(ParseError),
    /// The byte stream cannot be cut into messages, or a message is too large.
    Framing(FramingError),
    /// The byte stream ended inside a message.
    Incomplete,
    /// Nothing came from the client within its timeout.
    ClientTimeout,
    /// The client goes on behind messages that never came, so that they are lost (section 17.2).
    MessagesLost,
}

impl SessionError {
    /// The name by which .NET's clients know the error.
    pub const fn exception_name(&self) -> &'static str {
        match self {
            Self::Framing(FramingError::Length) => "FormatException",
            Self::ClientTimeout => "OperationCanceledException",
            Self::MessagesLost => "InvalidOperationException",
            Self::Parse(_) | Self::Framing(_) | Self::Incomplete => "InvalidDataException",
        }
    }

    /// What is wrong.
    pub fn message(&self) -> String {
        match self {
            Self::Parse(error) => error.to_string(),
            Self::Framing(error) => error.to_string(),
            Self::Incomplete => "Connection terminated while reading a message.".to_owned(),
            Self::ClientTimeout => "Client hasn't sent a message/ping within the configured \
                                    ClientTimeoutInterval."
                .to_owned(),
            Self::MessagesLost => {
                "Sequence ID greater than amount of messages we've received.".to_owned()
            }
        }
    }
}

impl From<ParseError> for SessionError {
    fn from(error: ParseError) -> Self {
        Self::Parse(error)
    }
}

impl From<FramingError> for SessionError {
    fn from(error: FramingError) -> Self {
        Self::Framing(error)
    }
}
