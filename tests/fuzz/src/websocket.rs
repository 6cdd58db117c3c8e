//! Frames off the socket. The input is how the bytes are cut, and the bytes.

use std::io::{self, Read, Write};

use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Message, WebSocket};

use crate::choices::{Choices, Cuts};
use crate::frames::close::{CloseCode, FrameError};
use crate::frames::frame::{Event, FrameReader};
use crate::frames::write::{self, MAX_HEADER, Opcode};

/// The same bytes are the same frames in whatever pieces they come, and the frames that tungstenite
/// reads; what we write, it reads too.
pub fn check(input: &[u8]) {
    let mut choices = Choices::new(input);
    let cuts = choices.cuts();
    let bytes = choices.rest();
    let (seen, end) = ours(bytes, cuts);
    for cuts in [Cuts::NONE, Cuts::EVERYWHERE] {
        assert_eq!(ours(bytes, cuts), (seen.clone(), end));
    }
    let known = theirs(Role::Server, bytes);
    assert!(known.starts_with(&seen), "{seen:?}, not {known:?}");
    if !end.is_some_and(is_stricter) {
        assert_eq!(known, seen);
    }
    check_writing(&seen);
}

/// What came in frames, messages put together.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    Text(Vec<u8>),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong,
    Close(Option<u16>),
}

/// Reads all of `bytes`; a message that has no end is not shown.
fn ours(bytes: &[u8], cuts: Cuts<'_>) -> (Vec<Seen>, Option<FrameError>) {
    let mut reader = FrameReader::default();
    let (mut seen, mut message) = (Vec::new(), Vec::new());
    let mut end = None;
    for piece in cuts.pieces(bytes) {
        let mut piece = piece.to_vec();
        let mut input = &mut piece[..];
        loop {
            let event = match reader.next(&mut input) {
                Ok(Some(event)) => event,
                Ok(None) => break,
                Err(error) => {
                    end = Some(error);
                    continue;
                }
            };
            assert!(end.is_none(), "{event:?} behind an error");
            assert!(
                !matches!(seen.last(), Some(Seen::Close(_))),
                "{event:?} behind a close"
            );
            seen.extend(put_together(&event, &mut message));
        }
        assert!(
            input.is_empty(),
            "the reader is done with what it was given"
        );
    }
    (seen, end)
}

fn put_together(event: &Event<'_>, message: &mut Vec<u8>) -> Option<Seen> {
    Some(match *event {
        Event::Data {
            payload,
            end_of_message,
        } => {
            message.extend_from_slice(payload.bytes());
            end_of_message.then_some(())?;
            match (payload.is_text(), std::mem::take(message)) {
                (true, text) => Seen::Text(text),
                (false, bytes) => Seen::Binary(bytes),
            }
        }
        Event::Ping(payload) => Seen::Ping(payload.to_owned()),
        Event::Pong => Seen::Pong,
        Event::Close(code) => Seen::Close(code.map(|code| code.0)),
    })
}

/// Rules of RFC 6455, and a bound, that tungstenite does not insist on. A short control frame whose
/// length is written in a long form is too long for us.
fn is_stricter(error: FrameError) -> bool {
    matches!(
        error,
        FrameError::MalformedLength
            | FrameError::LongControlFrame
            | FrameError::TooManyFragments
            | FrameError::ForbiddenCloseCode(_)
    )
}

/// What tungstenite reads, up to an error, a close or the end.
fn theirs(role: Role, bytes: &[u8]) -> Vec<Seen> {
    let config = WebSocketConfig::default()
        .read_buffer_size(1024)
        .max_message_size(None)
        .max_frame_size(Some(1 << 20));
    let mut socket = WebSocket::from_raw_socket(Recorded(bytes), role, Some(config));
    let mut seen = Vec::new();
    while let Ok(message) = socket.read() {
        seen.push(match message {
            Message::Text(text) => Seen::Text(text.as_bytes().to_owned()),
            Message::Binary(bytes) => Seen::Binary(bytes.to_vec()),
            Message::Ping(payload) => Seen::Ping(payload.to_vec()),
            Message::Pong(_) => Seen::Pong,
            Message::Close(frame) => {
                seen.push(Seen::Close(frame.map(|frame| frame.code.into())));
                break;
            }
            Message::Frame(_) => unreachable!("never read"),
        });
    }
    seen
}

/// Bytes that were recorded; what is written goes nowhere.
struct Recorded<'a>(&'a [u8]);

impl Read for Recorded<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf)
    }
}

impl Write for Recorded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Sends back what came, as a server does: each message in one frame, pongs for pings.
fn check_writing(seen: &[Seen]) {
    let mut bytes = Vec::new();
    let mut expected = Vec::new();
    for seen in seen {
        match seen {
            Seen::Text(text) => bytes.extend(framed(Opcode::Text, text)),
            Seen::Binary(message) => bytes.extend(framed(Opcode::Binary, message)),
            Seen::Ping(payload) => bytes.extend(write::pong(payload)),
            Seen::Pong => continue,
            Seen::Close(code) => {
                bytes.extend(write::close_frame(code.map(CloseCode), "as you said"));
            }
        }
        expected.push(match seen {
            Seen::Ping(_) => Seen::Pong,
            other => other.clone(),
        });
    }
    assert_eq!(theirs(Role::Client, &bytes), expected);
}

fn framed(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    let mut buf = vec![0; MAX_HEADER];
    buf.extend_from_slice(payload);
    let start = write::frame_in_headroom(&mut buf, MAX_HEADER, opcode);
    buf.split_off(start)
}

/// A client's frame that begins with the byte `first`.
pub(crate) fn client_frame(first: u8, payload: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let mut frame = client_head(first, payload.len(), KEY);
    let masked = payload.iter().zip(KEY.iter().cycle());
    frame.extend(masked.map(|(byte, key)| byte ^ key));
    frame
}

/// The head of such a frame.
pub(crate) fn client_head(first: u8, length: usize, key: [u8; 4]) -> Vec<u8> {
    let mut head = vec![first];
    match length {
        0..126 => head.push(0x80 + length as u8),
        126..0x1_0000 => {
            head.push(0x80 + 126);
            head.extend((length as u16).to_be_bytes());
        }
        _ => {
            head.push(0x80 + 127);
            head.extend((length as u64).to_be_bytes());
        }
    }
    head.extend(key);
    head
}
