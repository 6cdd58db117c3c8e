use super::connection::Connection;
use super::run::{self, Behind};
use crate::connections::websocket::deflate::{self, Deflate};
use crate::connections::websocket::frame::FrameReader;
use crate::connections::websocket::write::{Opcode, frame_in_headroom};
use bytes::{Buf, Bytes};
use hub_core::protocol::{Encoded, EncodedInvocation, Protocol, TransferFormat};
use std::sync::{Arc, OnceLock};

/// How messages travel in a transport's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// In WebSocket frames, long ones compressed if that is agreed.
    WebSocket(Option<Deflate>),
    /// As they are: whoever passes the bytes on keeps whole messages together.
    Bare,
}

impl Framing {
    /// What reads messages out of it, if they do not come as they are.
    pub(crate) fn reader(self) -> Option<FrameReader> {
        match self {
            Self::WebSocket(deflate) => Some(FrameReader::new(deflate)),
            Self::Bare => None,
        }
    }

    pub(crate) fn is_websocket(self) -> bool {
        matches!(self, Self::WebSocket(_))
    }

    /// The most bytes of a message that is never compressed.
    pub(super) fn longest_uncompressed(self) -> usize {
        match self {
            Self::WebSocket(Some(_)) => deflate::SHORTEST - 1,
            Self::WebSocket(None) | Self::Bare => usize::MAX,
        }
    }

    /// Whether a message of so many bytes may be compressed.
    pub(super) fn compresses(self, length: usize) -> bool {
        matches!(self, Self::WebSocket(Some(_))) && deflate::is_long(length)
    }
}

/// A hub message framed once for all its receivers: server frames carry no mask, so the bytes
/// are the same for everyone.
#[derive(Debug)]
pub(crate) struct Frame {
    bytes: Bytes,
    /// Where the message begins behind its WebSocket header.
    message: usize,
    opcode: Opcode,
    /// The same frame compressed, once a receiver takes it so; `None` if it gets no shorter.
    compressed: OnceLock<Option<Bytes>>,
    /// Equal for calls of which the later one says it all; of no meaning elsewhere.
    stands_for: u64,
    /// What the turn has sent before it.
    behind: Option<Behind>,
}

impl Frame {
    /// Frames a message in its own buffer.
    pub(crate) fn new(message: Encoded, format: TransferFormat) -> Self {
        let (mut buffer, payload) = message.into_parts();
        let opcode = opcode(format);
        let start = frame_in_headroom(&mut buffer, payload, opcode);
        Self {
            bytes: cut(buffer, start),
            message: payload - start,
            opcode,
            compressed: OnceLock::new(),
            stands_for: 0,
            behind: None,
        }
    }

    /// Says what the turn has sent before.
    fn follow(&mut self, before: Bytes) {
        self.behind = Behind::new(before, self.bytes.len());
    }

    /// What takes the place of `last` in a queue, so that this frame stands behind it, without a
    /// piece of its own.
    #[inline]
    pub(super) fn join(&self, last: &Bytes, framing: Framing) -> Option<Bytes> {
        let behind = self.behind.as_ref()?;
        (framing == Framing::WebSocket(None)).then(|| behind.join(last, &self.bytes))?
    }

    /// What most receivers have last.
    fn last(&self) -> Bytes {
        let both = self.behind.as_ref().and_then(Behind::both);
        both.unwrap_or(&self.bytes).clone()
    }

    /// Compresses the message for receivers to whom it may go so, unless that has been done. This may
    /// take a while, so that it is not for those who hold a lock.
    pub(crate) fn prepare(&self, framing: Framing) {
        if let Framing::WebSocket(Some(deflate)) = framing {
            self.compressed.get_or_init(|| {
                let frame = deflate::frame(deflate, self.opcode, &self.bytes[self.message..]);
                frame.map(|(buffer, start)| cut(buffer, start))
            });
        }
    }

    #[cfg(test)]
    pub(super) fn set_stands_for(&mut self, stands_for: u64) {
        self.stands_for = stands_for;
    }

    pub(super) fn stands_for(&self) -> u64 {
        self.stands_for
    }

    /// The most bytes that it can have.
    pub(super) fn length(&self) -> usize {
        self.bytes.len()
    }

    /// A share of the bytes, compressed only if they have been [prepared](Self::prepare).
    pub(crate) fn bytes(&self, framing: Framing) -> Bytes {
        let compressed = match framing {
            Framing::WebSocket(Some(_)) => self.compressed.get().and_then(Option::as_ref),
            Framing::WebSocket(None) => None,
            Framing::Bare => return self.bytes.slice(self.message..),
        };
        compressed.unwrap_or(&self.bytes).clone()
    }
}

fn cut(buffer: Vec<u8>, start: usize) -> Bytes {
    let mut bytes = Bytes::from(buffer);
    bytes.advance(start);
    bytes
}

/// How a transfer format travels in a WebSocket.
pub(super) fn opcode(format: TransferFormat) -> Opcode {
    match format {
        TransferFormat::Text => Opcode::Text,
        TransferFormat::Binary => Opcode::Binary,
    }
}

/// A call on clients, framed for each protocol.
#[derive(Debug)]
pub(crate) struct Broadcast {
    json: Option<Frame>,
    message_pack: Option<Frame>,
}

impl Broadcast {
    /// For receivers of whom the slow ones may be spared what is out of date.
    pub(crate) fn replacing(message: EncodedInvocation) -> Self {
        let stands_for = message.stands_for();
        let mut broadcast = Self::new(message);
        let frames = [&mut broadcast.json, &mut broadcast.message_pack];
        for frame in frames.into_iter().flatten() {
            frame.stands_for = stands_for;
        }
        broadcast
    }

    pub(crate) fn new(message: EncodedInvocation) -> Self {
        let mut broadcast = Self {
            json: None,
            message_pack: None,
        };
        for (protocol, encoded) in message.into_parts() {
            let frame = Some(Frame::new(encoded, protocol.transfer_format()));
            match protocol {
                Protocol::MessagePack => broadcast.message_pack = frame,
                Protocol::Json => broadcast.json = frame,
            }
        }
        broadcast
    }

    /// Gives it to all `receivers` within a turn.
    pub(crate) fn deliver_in_turn<'a>(
        &mut self,
        receivers: impl IntoIterator<Item = &'a Arc<Connection>>,
    ) {
        let [json, message_pack] = run::last();
        for (frame, before) in [
            (&mut self.json, json),
            (&mut self.message_pack, message_pack),
        ] {
            if let Some(frame) = frame {
                frame.follow(before);
            }
        }
        for receiver in receivers {
            receiver.deliver(self);
        }
        let last = |frame: &Option<Frame>| frame.as_ref().map(Frame::last).unwrap_or_default();
        run::note([last(&self.json), last(&self.message_pack)]);
    }

    /// The rendering for receivers that speak `protocol`.
    pub(crate) fn get(&self, protocol: Protocol) -> Option<&Frame> {
        match protocol {
            Protocol::MessagePack => self.message_pack.as_ref(),
            Protocol::Json => self.json.as_ref(),
        }
    }
}
