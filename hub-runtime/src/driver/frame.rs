use crate::connections::websocket::write::{Opcode, frame_in_headroom};
use bytes::{Buf, Bytes};
use hub_core::negotiate::TransportType;
use hub_core::protocol::{Encoded, EncodedInvocation, Protocol, TransferFormat};

/// How messages travel in a transport's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// In WebSocket frames.
    WebSocket,
    /// As they are: whoever passes the bytes on keeps whole messages together.
    Bare,
}

impl Framing {
    /// How messages travel over `transport`.
    pub(crate) fn of(transport: TransportType) -> Self {
        match transport {
            TransportType::WebSockets => Self::WebSocket,
            _ => Self::Bare,
        }
    }
}

/// A hub message framed once for all its receivers: server frames carry no mask, so the bytes
/// are the same for everyone.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    bytes: Bytes,
    /// Where the message begins behind its WebSocket header.
    message: usize,
}

impl Frame {
    /// Frames a message in its own buffer.
    pub(crate) fn new(message: Encoded, format: TransferFormat) -> Self {
        let (mut buffer, payload) = message.into_parts();
        let start = frame_in_headroom(&mut buffer, payload, opcode(format));
        let mut bytes = Bytes::from(buffer);
        bytes.advance(start);
        Self {
            bytes,
            message: payload - start,
        }
    }

    /// A share of the bytes.
    pub(crate) fn bytes(&self, framing: Framing) -> Bytes {
        match framing {
            Framing::WebSocket => self.bytes.clone(),
            Framing::Bare => self.bytes.slice(self.message..),
        }
    }
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

    /// The rendering for receivers that speak `protocol`.
    pub(crate) fn get(&self, protocol: Protocol) -> Option<&Frame> {
        match protocol {
            Protocol::MessagePack => self.message_pack.as_ref(),
            Protocol::Json => self.json.as_ref(),
        }
    }
}
