//! Compressed messages. The input is how the bytes are cut, and a message.

use flate2::{Decompress, FlushDecompress, Status};

use crate::choices::{Choices, Cuts};
use crate::frames::close::FrameError;
use crate::frames::deflate::{self, Deflate};
use crate::frames::frame::{Event, FrameReader};
use crate::frames::write::Opcode;
use crate::websocket::client_frame;

/// What ends every message, and is not sent.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// A message is what flate2 makes of it in one go, in whatever pieces it comes, and however often its
/// reader has had enough; what we compress, another implementation reads.
pub fn check(input: &[u8]) {
    let mut choices = Choices::new(input);
    let cuts = choices.cuts();
    let bytes = choices.rest();
    let expected = at_once(bytes);
    for cuts in [cuts, Cuts::NONE, Cuts::EVERYWHERE] {
        assert_eq!(in_pieces(bytes, cuts), expected);
    }
    check_compressing(bytes);
}

fn deflate() -> Deflate {
    Deflate::agree().expect("the feature")
}

/// Inflates a whole message. Behind a last block nothing may follow but empty ones.
fn at_once(bytes: &[u8]) -> Result<Vec<u8>, FrameError> {
    let bytes = [bytes, &TAIL].concat();
    let mut decompress = Decompress::new(false);
    let mut message = Vec::new();
    loop {
        message.reserve(1 << 20);
        let used = decompress.total_in() as usize;
        let result = decompress.decompress_vec(&bytes[used..], &mut message, FlushDecompress::None);
        let is_last = result.map_err(|_| FrameError::Corrupt)? == Status::StreamEnd;
        let rest = &bytes[decompress.total_in() as usize..];
        if is_last {
            // The tail may be part of the last block itself.
            let is_over = match rest.strip_suffix(&TAIL) {
                Some(behind) => behind.iter().all(|byte| *byte == 0),
                None => rest.is_empty(),
            };
            return if is_over {
                Ok(message)
            } else {
                Err(FrameError::Corrupt)
            };
        }
        if message.len() < message.capacity() {
            return Ok(message);
        }
    }
}

/// Reads the same as the frame of a client, with another behind it.
fn in_pieces(bytes: &[u8], cuts: Cuts<'_>) -> Result<Vec<u8>, FrameError> {
    let frames = [client_frame(0xc2, bytes), client_frame(0x82, b"behind")].concat();
    let mut reader = FrameReader::new(Some(deflate()));
    let (mut messages, mut message) = (Vec::new(), Vec::new());
    for (number, piece) in cuts.pieces(&frames).enumerate() {
        let mut next = Some(piece.to_vec());
        while let Some(mut piece) = next {
            let mut input = &mut piece[..];
            while let Some(event) = reader.next(&mut input)? {
                let Event::Data {
                    payload,
                    end_of_message,
                    ..
                } = event
                else {
                    panic!("{event:?}");
                };
                message.extend_from_slice(payload.bytes());
                if end_of_message {
                    messages.push(std::mem::take(&mut message));
                }
                if reader.put_off(input, number % 3 == 0) {
                    break;
                }
            }
            next = reader.take_put_off();
        }
    }
    assert_eq!(messages.pop().as_deref(), Some(&b"behind"[..]));
    assert_eq!(messages.len(), 1);
    Ok(messages.remove(0))
}

fn check_compressing(message: &[u8]) {
    // Few inputs are long.
    let message = message.repeat(1 + 2000 / message.len().max(1));
    let Some((buffer, start)) = deflate::frame(deflate(), Opcode::Binary, &message) else {
        return;
    };
    let frame = &buffer[start..];
    assert!(frame.len() < message.len() + 10);
    let head = match frame[1] {
        126 => 4,
        127 => 10,
        _ => 2,
    };
    // A last block, so that there is an end to be found.
    let bytes = [&frame[head..], &TAIL, &[3, 0]].concat();
    let inflated = miniz_oxide::inflate::decompress_to_vec(&bytes);
    assert_eq!(inflated.expect("a message"), message);
}
