//! A hub message as read from a peer.

use std::borrow::Cow;

use super::{Arguments, Headers, ParseError, Protocol, RawValue, Received, json, message_pack};

/// A hub message, borrowing from the bytes it was read from (SignalR wire specification,
/// section 10).
///
/// Values inside it stay raw until somebody knows their type.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Types 1 and 4: a call.
    Invocation(Invocation<'a>),
    /// Type 2: one item of a stream.
    StreamItem {
        /// Id of the stream: of the invocation that streams, or of the upload.
        invocation_id: Cow<'a, str>,
        /// The item; null where the peer left it out.
        item: RawValue<'a>,
    },
    /// Type 3: a call or a stream is over.
    Completion {
        /// Id of the invocation or upload that is over.
        invocation_id: Cow<'a, str>,
        /// How it ended.
        outcome: CompletionOutcome<'a>,
    },
    /// Type 5: the caller no longer wants an answer.
    CancelInvocation {
        /// Id of the invocation to cancel.
        invocation_id: Cow<'a, str>,
    },
    /// Type 6: a sign of life.
    Ping,
    /// Type 7: the peer ends the connection.
    Close {
        /// Why, unless all is well.
        error: Option<Cow<'a, str>>,
        /// Whether coming back makes sense.
        allow_reconnect: bool,
    },
    /// Type 8: everything up to this number has arrived (stateful reconnect).
    Ack(u64),
    /// Type 9: the number of the next message (stateful reconnect).
    Sequence(u64),
    /// A type that nobody knows yet, to be skipped (section 21).
    Unknown(i64),
}

/// A call: of a hub method by a client, or of a client method by the server.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Invocation<'a> {
    /// The id under which the caller waits for an answer; `None` when it does not wait.
    ///
    /// Always there in streaming invocations, and never empty.
    pub invocation_id: Option<Cow<'a, str>>,
    /// Whether the caller expects a stream of items (type 4).
    pub streaming: bool,
    /// The method as the caller spelled it.
    pub target: Cow<'a, str>,
    /// The arguments without the streams among them.
    pub arguments: Arguments<'a>,
    /// The ids of the streams the caller uploads, in the order of the stream parameters.
    pub stream_ids: Vec<Cow<'a, str>>,
    /// Headers, such as `traceparent`.
    pub headers: Headers<'a>,
}

/// How an invocation or a stream ended.
#[derive(Debug, Clone, PartialEq)]
pub enum CompletionOutcome<'a> {
    /// It failed with this text.
    Error(Cow<'a, str>),
    /// It ended without a value.
    Void,
    /// It ended with this value, which may be null.
    Value(RawValue<'a>),
}

impl<'a> Message<'a> {
    /// Reads one message: `body` is what [`Framing`](super::Framing) found, without 0x1E or length.
    #[inline]
    pub fn parse(protocol: Protocol, body: impl Into<Received<'a>>) -> Result<Self, ParseError> {
        match (protocol, body.into()) {
            (Protocol::Json, Received::Text(text)) => json::parse(text),
            (Protocol::Json, Received::Bytes(bytes)) => json::parse_bytes(bytes),
            (Protocol::MessagePack, body) => message_pack::parse(body.bytes()),
        }
    }

    /// Whether the message counts for stateful reconnect (section 17.2).
    pub fn is_trackable(&self) -> bool {
        matches!(
            self,
            Self::Invocation(_)
                | Self::StreamItem { .. }
                | Self::Completion { .. }
                | Self::CancelInvocation { .. }
        )
    }
}
