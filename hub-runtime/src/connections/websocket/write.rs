//! Frames of the server: a short head, no mask, so the same bytes serve any number of receivers.

use super::close::CloseCode;
pub(crate) use super::header::Opcode;
use std::ops::Deref;

/// The longest head of a server's frame: the room that [`frame_in_headroom`] needs in front of a
/// payload.
pub(crate) const MAX_HEADER: usize = 10;

/// The head of a frame, kept inline: dereferences to its two, four or ten bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FrameHeader {
    bytes: [u8; MAX_HEADER],
    length: u8,
}

impl Deref for FrameHeader {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// The head of a whole message (or control frame) with a payload of `length` bytes.
#[inline]
pub(crate) fn header(opcode: Opcode, length: usize) -> FrameHeader {
    let mut bytes = [0; MAX_HEADER];
    bytes[0] = 0x80 | opcode as u8;
    let length = match length {
        0..=125 => {
            bytes[1] = length as u8;
            2
        }
        126..=0xffff => {
            bytes[1] = 126;
            bytes[2..4].copy_from_slice(&(length as u16).to_be_bytes());
            4
        }
        _ => {
            bytes[1] = 127;
            bytes[2..].copy_from_slice(&(length as u64).to_be_bytes());
            10
        }
    };
    FrameHeader { bytes, length }
}

/// Frames the payload `buf[payload_start..]` where it stands, and returns where the frame starts:
/// its head is written in front of the payload, so nothing moves.
///
/// # Panics
///
/// If the caller left less than [`MAX_HEADER`] bytes in front of a payload that needs them.
#[inline]
pub(crate) fn frame_in_headroom(buf: &mut [u8], payload_start: usize, opcode: Opcode) -> usize {
    let head = header(opcode, buf.len() - payload_start);
    let frame_start = payload_start - head.len();
    buf[frame_start..payload_start].copy_from_slice(&head);
    frame_start
}

/// The longest payload of a control frame (RFC 6455, section 5.5).
const MAX_CONTROL_PAYLOAD: usize = 125;

/// A close frame: the code, and for people a reason, which is cut to the 123 bytes that fit.
/// Without a code it is empty, as an answer to an empty one.
pub(crate) fn close_frame(code: Option<CloseCode>, reason: &str) -> Vec<u8> {
    let Some(code) = code else {
        return control_frame(Opcode::Close, &[]);
    };
    let mut payload = Vec::with_capacity(MAX_CONTROL_PAYLOAD);
    payload.extend_from_slice(&code.0.to_be_bytes());
    let fits = reason
        .char_indices()
        .map(|(at, char)| at + char.len_utf8())
        .take_while(|end| *end <= 123)
        .last();
    payload.extend_from_slice(&reason.as_bytes()[..fits.unwrap_or(0)]);
    control_frame(Opcode::Close, &payload)
}

/// A question for a sign of life.
pub(crate) fn ping() -> Vec<u8> {
    control_frame(Opcode::Ping, &[])
}

/// The answer to a ping: the same payload, of at most 125 bytes.
pub(crate) fn pong(payload: &[u8]) -> Vec<u8> {
    control_frame(Opcode::Pong, payload)
}

fn control_frame(opcode: Opcode, payload: &[u8]) -> Vec<u8> {
    debug_assert!(payload.len() <= MAX_CONTROL_PAYLOAD);
    let mut frame = Vec::with_capacity(2 + payload.len());
    frame.extend_from_slice(&header(opcode, payload.len()));
    frame.extend_from_slice(payload);
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads() {
        #[track_caller]
        fn check(length: usize, expected: &[u8]) {
            assert_eq!(&header(Opcode::Binary, length)[..], expected, "{length}");
        }
        check(0, &[0x82, 0]);
        check(125, &[0x82, 125]);
        check(126, &[0x82, 126, 0, 126]);
        check(0xffff, &[0x82, 126, 0xff, 0xff]);
        check(0x1_0000, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }

    #[test]
    fn in_headroom() {
        for length in [0, 1, 125, 126, 0xffff, 0x1_0000] {
            let mut buf = vec![0xee; MAX_HEADER];
            buf.resize(MAX_HEADER + length, b'x');
            let start = frame_in_headroom(&mut buf, MAX_HEADER, Opcode::Text);
            let head = header(Opcode::Text, length);
            assert_eq!(buf[start..][..head.len()], *head);
            assert!(buf[..start].iter().all(|byte| *byte == 0xee));
            assert!(buf[MAX_HEADER..].iter().all(|byte| *byte == b'x'));
            assert_eq!(buf.len() - start, head.len() + length);
        }
    }

    #[test]
    fn control_frames() {
        assert_eq!(pong(b""), [0x8a, 0]);
        assert_eq!(pong(b"hi"), [0x8a, 2, b'h', b'i']);
        assert_eq!(close_frame(None, "unsaid"), [0x88, 0]);
        assert_eq!(close_frame(Some(CloseCode::NORMAL), ""), [0x88, 2, 3, 0xe8]);
        assert_eq!(
            close_frame(Some(CloseCode(1001)), "bye"),
            *b"\x88\x05\x03\xe9bye"
        );
    }

    #[test]
    fn long_reasons_are_cut_between_characters() {
        let frame = close_frame(Some(CloseCode::NORMAL), &"x".repeat(200));
        assert_eq!(frame.len(), 2 + 125);
        let frame = close_frame(Some(CloseCode::NORMAL), &format!("xx{}", "µ".repeat(200)));
        assert_eq!(frame.len(), 2 + 2 + 122);
        assert!(std::str::from_utf8(&frame[4..]).is_ok());
    }
}
