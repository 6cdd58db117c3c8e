//! Compressed messages: permessage-deflate (RFC 7692).
//!
//! Neither side takes over what it knows from one message to the next. So a connection keeps nothing
//! between messages, a message is compressed once for all its receivers, and each thread has what it
//! takes to compress and inflate: see [`zlib`].

mod inflate;
#[cfg(feature = "deflate")]
mod zlib;
#[cfg(not(feature = "deflate"))]
#[path = "absent.rs"]
mod zlib;

pub(super) use inflate::Inflate;
pub(crate) use zlib::Deflate;

use super::write::{MAX_HEADER, Opcode, frame_in_headroom};

/// Messages with fewer bytes are sent as they are: without their neighbours they hardly get shorter,
/// and a packet costs the same.
pub(crate) const SHORTEST: usize = 1024;
/// The first reserved bit of a frame's head: the message that begins with it is compressed
/// (section 6).
pub(super) const RSV1: u8 = 0x40;
/// What is cut off the end of each compressed message, an empty block (section 7.2.1).
const TAIL: [u8; 4] = [0x00, 0x00, 0xff, 0xff];

/// Whether a message of so many bytes is worth an attempt.
pub(crate) fn is_long(length: usize) -> bool {
    length >= SHORTEST
}

/// The frame of a message, compressed, and where in the buffer it begins. `None` if it would be no
/// shorter so.
pub(crate) fn frame(deflate: Deflate, opcode: Opcode, message: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut buffer = Vec::with_capacity(MAX_HEADER + message.len());
    buffer.resize(MAX_HEADER, 0);
    if !is_long(message.len()) || !zlib::compress(deflate, message, &mut buffer) {
        return None;
    }
    buffer.truncate(buffer.len() - TAIL.len());
    buffer.shrink_to_fit();
    let start = frame_in_headroom(&mut buffer, MAX_HEADER, opcode);
    buffer[start] |= RSV1;
    Some((buffer, start))
}

#[cfg(all(test, feature = "deflate"))]
mod tests;
