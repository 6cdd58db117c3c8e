//! Hub messages as bytes that are ready to leave.

use std::borrow::Cow;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::LazyLock;

use serde::Serialize;

use super::argument_list::AsArray;
use super::framing::{self, MAX_PREFIX};
use super::{ArgumentList, Message, Protocol, Protocols, StreamItems, json, message_pack, spare};

/// One complete hub message, with its separator or length, in a buffer that has room in front.
///
/// A transport writes its own header into that room ([`HEADROOM`](Self::HEADROOM) bytes at least)
/// and sends one piece of memory, without copying the message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    buf: Vec<u8>,
    start: usize,
}

/// A message that cannot be written; nothing of it is sent.
///
/// Types with `#[hub_type]` can be written unless a `Serialize` of somebody else's says no.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A value has no form in JSON: a map whose keys are maps, for example.
    #[error("a value cannot be written as JSON")]
    Json(#[from] serde_json::Error),
    /// A value has no form in MessagePack.
    #[error("a value cannot be written as MessagePack")]
    MessagePack(#[from] rmp_serde::encode::Error),
    /// The message is larger than the 2^31 - 1 bytes a length prefix can say.
    #[error("the message is larger than 2 GiB")]
    TooLarge,
}

/// What stands in a message before its value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Head<'a> {
    Invocation {
        streaming: bool,
        invocation_id: Option<&'a str>,
        target: &'a str,
    },
    StreamItem(&'a str),
    Completion(&'a str),
}

/// What stands after the value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tail<'a> {
    Nothing,
    StreamIds(&'a [&'a str]),
}

impl Encoded {
    /// How many unused bytes stand in front of every message, at least: enough for the longest
    /// header of a WebSocket frame (14 bytes, from a client).
    pub const HEADROOM: usize = 14;

    /// The text sent in place of an empty error, which the TypeScript client would take for
    /// success (SignalR wire specification, section 10.1).
    pub const NEUTRAL_ERROR: &'static str = "An unexpected error occurred.";

    /// The message itself.
    pub fn payload(&self) -> &[u8] {
        &self.buf[self.start..]
    }

    /// The whole buffer, and where the message begins in it.
    pub fn into_parts(self) -> (Vec<u8>, usize) {
        (self.buf, self.start)
    }

    /// Adds the message to the end of `batch`. Its own buffer is used for the thread's next message.
    #[inline]
    pub fn append_to(self, batch: &mut Vec<u8>) {
        batch.extend_from_slice(self.payload());
        spare::keep(self.buf);
    }

    /// A message that is bytes already: a ping, a handshake's answer.
    pub fn copied(message: &[u8]) -> Self {
        let mut buf = Vec::with_capacity(Self::HEADROOM + message.len());
        buf.resize(Self::HEADROOM, 0);
        buf.extend_from_slice(message);
        Self {
            buf,
            start: Self::HEADROOM,
        }
    }

    /// A Completion with a value: the answer to a call. For a method without a result that is
    /// `&()`, written as null.
    pub fn completion_value<T: Serialize + ?Sized>(
        protocol: Protocol,
        invocation_id: &str,
        value: &T,
    ) -> Result<Self, EncodeError> {
        Self::with_value(
            protocol,
            Head::Completion(invocation_id),
            value,
            Tail::Nothing,
        )
    }

    /// A Completion without a value: the end of a stream or an upload.
    pub fn completion_void(protocol: Protocol, invocation_id: &str) -> Self {
        Self::small(protocol, |buf| match protocol {
            Protocol::Json => json::write_completion_void(buf, invocation_id),
            Protocol::MessagePack => message_pack::write_completion_void(buf, invocation_id),
        })
    }

    /// A Completion with an error. An empty one becomes [`NEUTRAL_ERROR`](Self::NEUTRAL_ERROR).
    pub fn completion_error(protocol: Protocol, invocation_id: &str, error: &str) -> Self {
        let error = if error.is_empty() {
            Self::NEUTRAL_ERROR
        } else {
            error
        };
        Self::small(protocol, |buf| match protocol {
            Protocol::Json => json::write_completion_error(buf, invocation_id, error),
            Protocol::MessagePack => {
                message_pack::write_completion_error(buf, invocation_id, error);
            }
        })
    }

    /// One item of a stream.
    pub fn stream_item<T: Serialize + ?Sized>(
        protocol: Protocol,
        invocation_id: &str,
        item: &T,
    ) -> Result<Self, EncodeError> {
        StreamItems::new(protocol, invocation_id).encode(item)
    }

    /// A call; with an id if the caller waits for a result. `stream_ids` name the streams it uploads.
    pub fn invocation<A: ArgumentList + ?Sized>(
        protocol: Protocol,
        invocation_id: Option<&str>,
        target: &str,
        arguments: &A,
        stream_ids: &[&str],
    ) -> Result<Self, EncodeError> {
        let head = Head::Invocation {
            streaming: false,
            invocation_id,
            target,
        };
        Self::with_value(
            protocol,
            head,
            &AsArray(arguments),
            Tail::StreamIds(stream_ids),
        )
    }

    /// A call of a streaming method. Only clients send it.
    pub fn stream_invocation<A: ArgumentList + ?Sized>(
        protocol: Protocol,
        invocation_id: &str,
        target: &str,
        arguments: &A,
        stream_ids: &[&str],
    ) -> Result<Self, EncodeError> {
        let head = Head::Invocation {
            streaming: true,
            invocation_id: Some(invocation_id),
            target,
        };
        Self::with_value(
            protocol,
            head,
            &AsArray(arguments),
            Tail::StreamIds(stream_ids),
        )
    }

    /// Tells the peer that nobody waits for this invocation any more. Only clients send it.
    pub fn cancel_invocation(protocol: Protocol, invocation_id: &str) -> Self {
        Self::small(protocol, |buf| match protocol {
            Protocol::Json => json::write_cancel_invocation(buf, invocation_id),
            Protocol::MessagePack => message_pack::write_cancel_invocation(buf, invocation_id),
        })
    }

    /// A ping, always the same bytes.
    pub const fn ping(protocol: Protocol) -> &'static [u8] {
        match protocol {
            Protocol::Json => b"{\"type\":6}\x1e",
            Protocol::MessagePack => b"\x02\x91\x06",
        }
    }

    /// The last message of a connection. An empty error counts as none.
    pub fn close(protocol: Protocol, error: Option<&str>, allow_reconnect: bool) -> Self {
        let error = error.filter(|error| !error.is_empty());
        Self::small(protocol, |buf| match protocol {
            Protocol::Json => json::write_close(buf, error, allow_reconnect),
            Protocol::MessagePack => message_pack::write_close(buf, error, allow_reconnect),
        })
    }

    /// Everything up to message `sequence_id` has arrived (stateful reconnect).
    pub fn ack(protocol: Protocol, sequence_id: u64) -> Self {
        Self::sequence_id(protocol, 8, sequence_id)
    }

    /// The next message is number `sequence_id` (stateful reconnect).
    pub fn sequence(protocol: Protocol, sequence_id: u64) -> Self {
        Self::sequence_id(protocol, 9, sequence_id)
    }

    fn sequence_id(protocol: Protocol, kind: u8, sequence_id: u64) -> Self {
        Self::small(protocol, |buf| match protocol {
            Protocol::Json => json::write_sequence_id(buf, kind, sequence_id),
            Protocol::MessagePack => message_pack::write_sequence_id(buf, kind, sequence_id),
        })
    }

    /// The one generic step: everything around the value is written by plain functions.
    fn with_value<T: Serialize + ?Sized>(
        protocol: Protocol,
        head: Head<'_>,
        value: &T,
        tail: Tail<'_>,
    ) -> Result<Self, EncodeError> {
        let mut buf = begin(protocol, head);
        write_value(protocol, &mut buf, value)?;
        end(protocol, buf, tail)
    }

    /// Messages without values: what they hold is a few texts, never 2 GiB.
    fn small(protocol: Protocol, write: impl FnOnce(&mut Vec<u8>)) -> Self {
        let mut buf = with_headroom(protocol);
        write(&mut buf);
        match protocol {
            Protocol::Json => Self::ending_with_separator(buf),
            Protocol::MessagePack => {
                Self::with_prefix(buf).expect("an id and an error text fit into 2 GiB")
            }
        }
    }

    fn ending_with_separator(buf: Vec<u8>) -> Self {
        Self {
            buf,
            start: Self::HEADROOM,
        }
    }

    /// Writes the length into the room kept for it, directly before the body.
    fn with_prefix(mut buf: Vec<u8>) -> Result<Self, EncodeError> {
        let body = Self::HEADROOM + MAX_PREFIX;
        let length = i32::try_from(buf.len() - body).map_err(|_| EncodeError::TooLarge)?;
        let room = buf[..body]
            .last_chunk_mut()
            .expect("room for the prefix was kept");
        let start = body - framing::write_prefix(room, length.unsigned_abs());
        Ok(Self { buf, start })
    }
}

#[inline]
fn with_headroom(protocol: Protocol) -> Vec<u8> {
    let mut buf = spare::take();
    if protocol == Protocol::MessagePack {
        buf.extend_from_slice(&[0; MAX_PREFIX]);
    }
    buf
}

pub(super) fn write_value<T: Serialize + ?Sized>(
    protocol: Protocol,
    buf: &mut Vec<u8>,
    value: &T,
) -> Result<(), EncodeError> {
    match protocol {
        Protocol::Json => json::write_value(buf, value)?,
        Protocol::MessagePack => message_pack::write_value(buf, value)?,
    }
    Ok(())
}

pub(super) fn begin(protocol: Protocol, head: Head<'_>) -> Vec<u8> {
    let mut buf = with_headroom(protocol);
    match protocol {
        Protocol::Json => json::write_head(&mut buf, head),
        Protocol::MessagePack => message_pack::write_head(&mut buf, head),
    }
    buf
}

#[inline]
pub(super) fn end(
    protocol: Protocol,
    mut buf: Vec<u8>,
    tail: Tail<'_>,
) -> Result<Encoded, EncodeError> {
    match (protocol, tail) {
        (Protocol::Json, Tail::Nothing) => json::write_end(&mut buf),
        (Protocol::Json, Tail::StreamIds(ids)) => json::write_invocation_end(&mut buf, ids),
        (Protocol::MessagePack, Tail::Nothing) => {}
        (Protocol::MessagePack, Tail::StreamIds(ids)) => {
            message_pack::write_invocation_end(&mut buf, ids);
        }
    }
    match protocol {
        Protocol::Json => Ok(Encoded::ending_with_separator(buf)),
        Protocol::MessagePack => Encoded::with_prefix(buf),
    }
}

/// The same invocation in each protocol that receivers use: encoded once, sent to many.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EncodedInvocation {
    pub(super) json: Option<Encoded>,
    pub(super) message_pack: Option<Encoded>,
    key: u64,
}

impl EncodedInvocation {
    /// Writes the invocation once for each of `protocols`.
    pub fn encode<A: ArgumentList + ?Sized>(
        protocols: Protocols,
        invocation_id: Option<&str>,
        target: &str,
        arguments: &A,
    ) -> Result<Self, EncodeError> {
        let encode = |protocol| {
            protocols
                .contains(protocol)
                .then(|| Encoded::invocation(protocol, invocation_id, target, arguments, &[]))
                .transpose()
        };
        Ok(Self {
            json: encode(Protocol::Json)?,
            message_pack: encode(Protocol::MessagePack)?,
            key: 0,
        })
    }

    /// Sets which other invocations of the same target it can stand for: those with an equal key.
    pub fn set_key(&mut self, key: impl Hash) {
        self.key = hash(key);
    }

    /// Equal for invocations of one target with one key: the later one of two says all there is to
    /// say. Unlike for others, but for a chance of one in 2^64.
    pub fn stands_for(&self) -> u64 {
        hash((self.target().as_deref(), self.key))
    }

    /// The target as it is written in the message itself, so that those of whom nobody asks it need
    /// not carry it.
    fn target(&self) -> Option<Cow<'_, [u8]>> {
        if let Some(json) = &self.json {
            let json = json.payload();
            // A quote within a target would have a backslash in front.
            let end = memchr::memmem::find(json, b"\"arguments\":[")?;
            return Some(json[..end].into());
        }
        match self.message_pack.as_ref()?.read(Protocol::MessagePack)? {
            Message::Invocation(call) => Some(call.target.as_bytes().to_vec().into()),
            _ => None,
        }
    }

    /// The form in `protocol`, if it was asked for.
    pub const fn get(&self, protocol: Protocol) -> Option<&Encoded> {
        match protocol {
            Protocol::Json => self.json.as_ref(),
            Protocol::MessagePack => self.message_pack.as_ref(),
        }
    }

    /// The forms with their protocols.
    pub fn into_parts(self) -> impl Iterator<Item = (Protocol, Encoded)> {
        let json = self.json.map(|encoded| (Protocol::Json, encoded));
        let message_pack = self
            .message_pack
            .map(|encoded| (Protocol::MessagePack, encoded));
        json.into_iter().chain(message_pack)
    }
}

/// By a key of this process: nobody can make two that are equal.
fn hash(value: impl Hash) -> u64 {
    static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    HASHER.hash_one(value)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn check(encoded: Result<Encoded, EncodeError>, expected: &[u8]) {
        let encoded = encoded.unwrap();
        assert_eq!(
            encoded.payload().escape_ascii().to_string(),
            expected.escape_ascii().to_string()
        );
        let (buf, start) = encoded.into_parts();
        assert!(start >= Encoded::HEADROOM);
        assert_eq!(&buf[start..], expected);
    }

    #[test]
    fn no_arguments_are_an_empty_array() {
        let invocation = |protocol| Encoded::invocation(protocol, None, "A", &(), &[]);
        check(
            invocation(Protocol::Json),
            b"{\"type\":1,\"target\":\"A\",\"arguments\":[]}\x1e",
        );
        check(
            invocation(Protocol::MessagePack),
            b"\x08\x96\x01\x80\xc0\xa1A\x90\x90",
        );
    }

    #[test]
    fn arguments_may_be_borrowed_and_unsized() {
        let invocation = |protocol| {
            Encoded::stream_invocation(protocol, "1", "A", &("x", &2, &[0u8; 0][..]), &["2"])
        };
        check(
            invocation(Protocol::Json),
            b"{\"type\":4,\"invocationId\":\"1\",\"target\":\"A\",\"arguments\":[\"x\",2,[]],\"streamIds\":[\"2\"]}\x1e",
        );
        check(
            invocation(Protocol::MessagePack),
            b"\x0f\x96\x04\x80\xa11\xa1A\x93\xa1x\x02\x90\x91\xa12",
        );
    }

    #[test]
    fn an_empty_error_is_never_sent() {
        for protocol in Protocol::ALL {
            let error = Encoded::completion_error(protocol, "1", "");
            let text = Encoded::NEUTRAL_ERROR.as_bytes();
            assert!(
                error
                    .payload()
                    .windows(text.len())
                    .any(|window| window == text)
            );
        }
        check(
            Ok(Encoded::close(Protocol::Json, Some(""), false)),
            b"{\"type\":7}\x1e",
        );
        check(
            Ok(Encoded::close(Protocol::MessagePack, Some(""), false)),
            b"\x04\x93\x07\xc0\xc2",
        );
    }

    #[test]
    fn unit_is_null() {
        check(
            Encoded::completion_value(Protocol::Json, "1", &()),
            b"{\"type\":3,\"invocationId\":\"1\",\"result\":null}\x1e",
        );
        check(
            Encoded::completion_value(Protocol::MessagePack, "1", &()),
            b"\x07\x95\x03\x80\xa11\x03\xc0",
        );
    }

    #[test]
    fn a_long_message_has_a_long_prefix() {
        let encoded = Encoded::stream_item(Protocol::MessagePack, "1", &"a".repeat(300)).unwrap();
        assert_eq!(&encoded.payload()[..2], b"\xb4\x02");
        assert_eq!(encoded.payload().len(), 2 + 0x134);
    }

    #[test]
    fn a_value_without_a_form_is_an_error() {
        let nested = BTreeMap::from([(vec![1], 1)]);
        let encoded = Encoded::stream_item(Protocol::Json, "1", &nested);
        assert!(matches!(encoded, Err(EncodeError::Json(_))));
    }

    #[test]
    fn invocations_of_one_target_and_key_stand_for_each_other() {
        let check = |protocols: Protocols| {
            let encode = |target: &str, value: i32, key: Option<&str>| {
                let encoded = EncodedInvocation::encode(protocols, None, target, &(&value,));
                let mut encoded = encoded.unwrap();
                if let Some(key) = key {
                    encoded.set_key(key);
                }
                encoded.stands_for()
            };
            assert_eq!(encode("A", 1, None), encode("A", 200, None));
            assert_ne!(encode("A", 1, None), encode("B", 1, None));
            let quote = "\"arguments\":[";
            assert_ne!(encode(quote, 1, None), encode("", 1, None));
            assert_eq!(encode("A", 1, Some("x")), encode("A", 2, Some("x")));
            assert_ne!(encode("A", 1, Some("x")), encode("A", 1, Some("y")));
            assert_ne!(encode("A", 1, Some("x")), encode("A", 1, None));
        };
        check(Protocols::JSON);
        check(Protocols::ALL);
        check(Protocols::MESSAGE_PACK);
    }

    #[test]
    fn an_invocation_is_encoded_for_the_protocols_in_use() {
        let only = EncodedInvocation::encode(Protocols::JSON, None, "A", &(&1,)).unwrap();
        assert!(only.get(Protocol::Json).is_some());
        assert_eq!(only.get(Protocol::MessagePack), None);
        let both = EncodedInvocation::encode(Protocols::ALL, None, "A", &(&1,)).unwrap();
        let protocols: Vec<_> = both.into_parts().map(|(protocol, _)| protocol).collect();
        assert_eq!(protocols, Protocol::ALL);
    }
}
