//! The reading half: bytes off the transport become messages.

use super::message::RawMessage;
use crate::connections::websocket::close::CloseCode;
use crate::connections::websocket::frame::{Event, FrameReader};
use crate::connections::websocket::write::pong;
use crate::driver::{Framing, Input, Scratch};
use bytes::{Buf as _, Bytes, BytesMut};
use hub_core::negotiate::TransportType;
use std::future::poll_fn;

/// Reads one connection. It holds no buffer while there is nothing to read.
pub(super) struct Reader {
    pub(super) input: Input,
    /// Read, and not looked at yet: one read at most, and what is left of a character.
    unread: BytesMut,
    decoder: Decoder,
}

/// What has come.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Received {
    Message(RawMessage),
    /// A ping, and the frame that answers it.
    Ping(Bytes),
    /// A sign of life.
    Pong,
    End(ReadEnd),
}

/// Why nothing more comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReadEnd {
    /// The client has closed its side.
    Closed(CloseCode),
    /// The transport is gone.
    Lost,
    /// The client has broken the transport's rules, as this code tells it.
    Refused(CloseCode),
}

enum Decoder {
    Frames(Frames),
    /// A stream of text.
    Text,
    /// A stream of bytes.
    Bytes,
}

/// WebSocket frames, which become whole messages.
struct Frames {
    reader: FrameReader,
    /// The beginning of a message.
    message: BytesMut,
    maximum_message_size: usize,
}

impl Reader {
    pub(super) fn new(
        input: Input,
        transport: TransportType,
        framing: Framing,
        maximum_message_size: usize,
    ) -> Self {
        let decoder = match framing.reader() {
            Some(reader) => Decoder::Frames(Frames {
                reader,
                message: BytesMut::new(),
                maximum_message_size,
            }),
            None if transport == TransportType::ServerSentEvents => Decoder::Text,
            None => Decoder::Bytes,
        };
        Self {
            input,
            unread: BytesMut::new(),
            decoder,
        }
    }

    /// Waits for what comes next. Nothing is lost when the future is dropped before its end.
    pub(super) async fn next(&mut self) -> Received {
        loop {
            if let Some(received) = self.decoder.decode(&mut self.unread) {
                return received;
            }
            if self.unread.is_empty() {
                self.unread = BytesMut::new();
            }
            let read = poll_fn(|task| {
                let mut scratch = Scratch::take();
                scratch.poll_read(&mut self.input, task).map(|bytes| {
                    self.unread.extend_from_slice(bytes);
                    bytes.len()
                })
            });
            if read.await == 0 {
                return Received::End(ReadEnd::Lost);
            }
        }
    }
}

impl Decoder {
    /// What stands at the front of `unread`; `None` once more has to be read.
    fn decode(&mut self, unread: &mut BytesMut) -> Option<Received> {
        if unread.is_empty() {
            return None;
        }
        match self {
            Self::Frames(frames) => frames.decode(unread),
            Self::Text => decode_text(unread),
            Self::Bytes => {
                let bytes = std::mem::take(unread).freeze();
                Some(Received::Message(hub_core::Bytes::from(bytes).into()))
            }
        }
    }
}

/// Everything up to a character that has not arrived whole.
fn decode_text(unread: &mut BytesMut) -> Option<Received> {
    let whole = match std::str::from_utf8(unread) {
        Ok(text) => text.len(),
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        Err(_) => {
            return Some(Received::End(ReadEnd::Refused(CloseCode::INVALID_PAYLOAD)));
        }
    };
    let text = unread.split_to(whole).freeze();
    (!text.is_empty()).then(|| Received::Message(RawMessage::checked_text(text)))
}

impl Frames {
    fn decode(&mut self, unread: &mut BytesMut) -> Option<Received> {
        loop {
            let before = unread.len();
            let mut input = &mut unread[..];
            let event = match self.reader.next(&mut input) {
                Ok(None) => None,
                Ok(Some(event)) => Some(take(&event, &mut self.message, self.maximum_message_size)),
                Err(error) => Some(Some(refused(error.close_code()))),
            };
            let used = before - input.len();
            unread.advance(used);
            match event {
                None => return None,
                Some(None) => {}
                Some(received) => return received,
            }
        }
    }
}

/// `None` for a part of a message.
fn take(event: &Event<'_>, message: &mut BytesMut, maximum: usize) -> Option<Received> {
    match event {
        Event::Data {
            payload,
            end_of_message,
        } => {
            let bytes = payload.bytes();
            if message.len() + bytes.len() > maximum {
                return Some(refused(CloseCode::MESSAGE_TOO_BIG));
            }
            message.extend_from_slice(bytes);
            end_of_message.then(|| {
                let bytes = std::mem::take(message).freeze();
                Received::Message(if payload.is_text() {
                    RawMessage::checked_text(bytes)
                } else {
                    hub_core::Bytes::from(bytes).into()
                })
            })
        }
        Event::Ping(payload) => Some(Received::Ping(pong(payload).into())),
        Event::Pong => Some(Received::Pong),
        Event::Close(code) => {
            let code = code.unwrap_or(CloseCode::NORMAL);
            Some(Received::End(ReadEnd::Closed(code)))
        }
    }
}

fn refused(code: CloseCode) -> Received {
    Received::End(ReadEnd::Refused(code))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// What comes of `bytes`, up to the end of the input.
    async fn read(transport: TransportType, bytes: &[u8]) -> Vec<Received> {
        let input = Box::new(Cursor::new(bytes.to_vec()));
        let framing = match transport {
            TransportType::WebSockets => Framing::WebSocket(None),
            _ => Framing::Bare,
        };
        let mut reader = Reader::new(input, transport, framing, 10);
        let mut all = Vec::new();
        loop {
            match reader.next().await {
                Received::End(ReadEnd::Lost) => return all,
                end @ Received::End(_) => {
                    all.push(end);
                    return all;
                }
                received => all.push(received),
            }
        }
    }

    fn text(text: &str) -> Received {
        Received::Message(text.into())
    }

    /// A frame of a client with the mask 0, which leaves its payload as it is.
    fn frame(head: u8, payload: &[u8]) -> Vec<u8> {
        let mut frame = vec![head, 0x80 | payload.len() as u8, 0, 0, 0, 0];
        frame.extend_from_slice(payload);
        frame
    }

    #[tokio::test]
    async fn websocket_messages_are_whole() {
        let bytes = [
            frame(0x81, b"one"),
            frame(0x01, b"t"),
            frame(0x89, b"?"),
            frame(0x80, b"wo"),
            frame(0x82, &[0xff]),
            frame(0x81, b""),
        ];
        let expected = [
            text("one"),
            Received::Ping(Bytes::from_static(b"\x8a\x01?")),
            text("two"),
            Received::Message(vec![0xff].into()),
            text(""),
        ];
        let received = read(TransportType::WebSockets, &bytes.concat()).await;
        assert_eq!(received, expected);
    }

    #[tokio::test]
    async fn a_message_over_the_limit_is_refused_before_its_end() {
        let bytes = [frame(0x01, b"123456"), frame(0x00, b"78901")].concat();
        let received = read(TransportType::WebSockets, &bytes).await;
        assert_eq!(received, [refused(CloseCode::MESSAGE_TOO_BIG)]);
    }

    #[tokio::test]
    async fn a_close_frame_is_the_last() {
        let bytes = [frame(0x88, &[0x0f, 0xa1]), frame(0x81, b"late")].concat();
        let received = read(TransportType::WebSockets, &bytes).await;
        assert_eq!(received, [Received::End(ReadEnd::Closed(CloseCode(4001)))]);
    }

    #[tokio::test]
    async fn text_is_cut_between_characters() {
        let mut decoder = Decoder::Text;
        let mut unread = BytesMut::from("ä€".as_bytes());
        let tail = unread.split_off(3);
        assert_eq!(decoder.decode(&mut unread), Some(text("ä")));
        assert_eq!(decoder.decode(&mut unread), None);
        unread.extend_from_slice(&tail);
        assert_eq!(decoder.decode(&mut unread), Some(text("€")));
    }

    #[tokio::test]
    async fn an_event_streams_client_sends_text_only() {
        let received = read(TransportType::ServerSentEvents, b"\xff").await;
        assert_eq!(received, [refused(CloseCode::INVALID_PAYLOAD)]);
        let received = read(TransportType::LongPolling, b"\xff").await;
        assert_eq!(received, [Received::Message(vec![0xff].into())]);
    }
}
