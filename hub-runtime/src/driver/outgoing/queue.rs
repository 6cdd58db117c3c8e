//! Bytes that wait to be written, in order.

use crate::connections::websocket::write::{Opcode, frame_in_headroom};
use crate::driver::frame::{Frame, Framing, opcode};
use bytes::{Buf, Bytes};
use hub_core::protocol::{Encoded, TransferFormat};
use std::collections::VecDeque;
use std::io::IoSlice;

/// Messages of one turn share a WebSocket message up to this size.
pub(super) const BATCH: usize = 16 * 1024;
/// What a batch grows by at least.
const GROWTH: usize = 2 * 1024;
/// Queued pieces from which on a pong takes the place of the one before it.
pub(super) const PONGS: usize = 64;
/// The first byte of a pong's frame.
const PONG: u8 = 0x80 | Opcode::Pong as u8;
/// Bytes that may be queued in pieces that may be dropped.
pub(super) const SHARED: usize = u32::MAX as usize / 2;
/// Pieces passed to one system call.
pub(super) const PIECES: usize = 16;

/// What a connection's transport has not taken yet.
#[derive(Debug)]
pub(super) struct Queue {
    pub(super) chunks: VecDeque<Chunk>,
    /// Unsent bytes in all chunks, but for one that is lent.
    pub(super) bytes: usize,
    /// Those in shared ones, which [`SHARED`] bounds.
    shared_bytes: u32,
    /// Whether anything has been dropped since the queue was empty.
    has_dropped: bool,
    framing: Framing,
    format: TransferFormat,
}

#[derive(Debug)]
pub(super) enum Chunk {
    /// Framed bytes, perhaps partly written.
    Framed(Bytes),
    /// The frame of a message that may be dropped: a whole one.
    Shared(Mark, Bytes),
    /// Messages of this connection alone, still without their frame header: it is written into
    /// the buffer's headroom when the batch is sealed.
    Batch { buffer: Vec<u8>, payload: usize },
    /// Where a batch stands that is lent: what follows cannot leave before it is back.
    Lent,
}

impl Queue {
    pub(super) fn new(framing: Framing) -> Self {
        Self {
            chunks: VecDeque::new(),
            bytes: 0,
            shared_bytes: 0,
            has_dropped: false,
            framing,
            format: TransferFormat::Text,
        }
    }

    /// How messages travel from now on; as text at first.
    pub(super) fn set_format(&mut self, format: TransferFormat) {
        self.seal();
        self.format = format;
    }

    pub(super) fn format(&self) -> TransferFormat {
        self.format
    }

    /// How messages travel over another transport.
    pub(super) fn set_framing(&mut self, framing: Framing) {
        self.framing = framing;
    }

    /// Unsent bytes.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Unsent bytes that will not be dropped.
    pub(super) fn lasting_bytes(&self) -> usize {
        self.bytes - self.shared_bytes as usize
    }

    /// The memory that is queued: small pieces cost more than their bytes.
    pub(super) fn held(&self) -> usize {
        self.bytes + self.chunks.len() * size_of::<Chunk>()
    }

    fn drop_last_pong(&mut self) {
        // Not the first piece, which may have been written in part.
        if self.chunks.len() > 1
            && let Some(Chunk::Framed(bytes)) = self.chunks.back()
            && bytes.first() == Some(&PONG)
        {
            self.bytes -= bytes.len();
            self.chunks.pop_back();
        }
    }

    /// Adds a message to the open batch, or begins one in the message's own buffer.
    #[inline]
    pub(super) fn append(&mut self, message: Encoded) {
        let length = message.payload().len();
        self.bytes += length;
        if let Some(Chunk::Batch { buffer, payload }) = self.chunks.back_mut()
            && buffer.len() - *payload + length <= BATCH
        {
            // Once for the whole turn, where there is more than one message.
            if buffer.capacity() - buffer.len() < length {
                buffer.reserve(length.max(GROWTH));
            }
            message.append_to(buffer);
            return;
        }
        self.seal();
        let (buffer, payload) = message.into_parts();
        self.push(Chunk::Batch { buffer, payload });
    }

    pub(super) fn push_frame(&mut self, frame: &Frame) {
        self.push_framed(frame.bytes(self.framing));
    }

    /// Adds a frame while nothing of the queue is being written.
    #[inline]
    pub(super) fn join_frame(&mut self, frame: &Frame) {
        if let Some(Chunk::Framed(last)) = self.chunks.back_mut()
            && let Some(both) = frame.join(last, self.framing)
        {
            self.bytes += both.len() - last.len();
            *last = both;
        } else {
            self.push_frame(frame);
        }
    }

    /// Adds a frame that may be dropped again.
    pub(super) fn push_shared(&mut self, frame: &Frame) {
        let bytes = frame.bytes(self.framing);
        if bytes.len() > SHARED {
            return self.push_framed(bytes);
        }
        self.seal();
        self.bytes += bytes.len();
        self.shared_bytes += bytes.len() as u32;
        self.push(Chunk::Shared(Mark::new(frame.stands_for()), bytes));
    }

    /// The memory that would be queued at least, were all dropped that may be.
    pub(super) fn held_at_least(&self) -> usize {
        let first = match self.chunks.front() {
            Some(Chunk::Shared(_, bytes)) => bytes.len(),
            _ => 0,
        };
        self.held() - (self.shared_bytes as usize - first)
    }

    /// Drops the oldest message that may be dropped; `false` if there is none.
    pub(super) fn drop_first_shared(&mut self) -> bool {
        self.drop_where(|_| true)
    }

    /// Drops what `stands_for` makes out of date; `false` if there is nothing.
    pub(super) fn drop_shared(&mut self, stands_for: u64) -> bool {
        let mark = Mark::new(stands_for);
        self.drop_where(|other| *other == mark)
    }

    /// The first piece stays: a library of TLS may have it in hand.
    fn drop_where(&mut self, is_it: impl Fn(&Mark) -> bool) -> bool {
        let is_it = |chunk: &Chunk| matches!(chunk, Chunk::Shared(mark, _) if is_it(mark));
        let at = self.chunks.iter().skip(1).position(is_it);
        let Some(Chunk::Shared(_, bytes)) = at.and_then(|at| self.chunks.remove(at + 1)) else {
            return false;
        };
        self.bytes -= bytes.len();
        self.shared_bytes -= bytes.len() as u32;
        true
    }

    /// Notes that something was dropped; `true` for the first since the queue was empty.
    pub(super) fn note_dropped(&mut self) -> bool {
        !std::mem::replace(&mut self.has_dropped, true)
    }

    pub(super) fn push_framed(&mut self, bytes: Bytes) {
        self.seal();
        self.bytes += bytes.len();
        self.push(Chunk::Framed(bytes));
    }

    /// Most turns queue one piece, and the room for it is kept.
    pub(super) fn push(&mut self, chunk: Chunk) {
        if self.chunks.capacity() == 0 {
            self.chunks.reserve_exact(1);
        }
        self.chunks.push_back(chunk);
    }

    /// Adds the answer to a ping. When many pieces wait already, it takes the place of the last one.
    pub(super) fn push_pong(&mut self, bytes: Bytes) {
        if self.chunks.len() >= PONGS {
            self.drop_last_pong();
        }
        self.push_framed(bytes);
    }

    /// Frames the open batch.
    pub(super) fn seal(&mut self) {
        let Some(last @ Chunk::Batch { .. }) = self.chunks.back_mut() else {
            return;
        };
        let last = std::mem::replace(last, Chunk::Lent);
        if let Chunk::Batch { buffer, payload } = last {
            let sealed = self.sealed(buffer, payload);
            self.chunks.pop_back();
            self.chunks.push_back(sealed);
        }
    }

    pub(super) fn sealed(&mut self, mut buffer: Vec<u8>, payload: usize) -> Chunk {
        let start = match self.framing {
            Framing::WebSocket(_) => frame_in_headroom(&mut buffer, payload, opcode(self.format)),
            Framing::Bare => payload,
        };
        self.bytes += payload - start;
        let mut bytes = Bytes::from(buffer);
        bytes.advance(start);
        Chunk::Framed(bytes)
    }

    /// What may be written next: nothing, if that is lent.
    pub(super) fn pieces<'a, 'b>(
        &'a self,
        pieces: &'b mut [IoSlice<'a>; PIECES],
    ) -> &'b [IoSlice<'a>] {
        let mut count = 0;
        for (piece, chunk) in pieces.iter_mut().zip(&self.chunks) {
            let (Chunk::Framed(bytes) | Chunk::Shared(_, bytes)) = chunk else {
                break;
            };
            *piece = IoSlice::new(bytes);
            count += 1;
        }
        &pieces[..count]
    }

    /// Forgets what has been written.
    pub(super) fn advance(&mut self, mut count: usize) {
        self.bytes -= count;
        while count > 0 {
            let Some(chunk) = self.chunks.front_mut() else {
                break;
            };
            if let Chunk::Shared(_, bytes) = chunk {
                // Begun, and so not to be dropped any more.
                self.shared_bytes -= bytes.len() as u32;
                *chunk = Chunk::Framed(std::mem::take(bytes));
            }
            let Chunk::Framed(bytes) = chunk else {
                break;
            };
            if bytes.len() > count {
                bytes.advance(count);
                break;
            }
            count -= bytes.len();
            self.chunks.pop_front();
        }
        if self.chunks.is_empty() {
            self.has_dropped = false;
            if self.chunks.capacity() > 8 {
                self.chunks = VecDeque::new();
            }
        }
    }

    pub(super) fn clear(&mut self) {
        self.chunks = VecDeque::new();
        self.bytes = 0;
        self.shared_bytes = 0;
    }
}

/// What tells messages apart that stand for each other: 56 bits, which make a chunk no larger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark([u8; 7]);

impl Mark {
    fn new(stands_for: u64) -> Self {
        let [bytes @ .., _] = stands_for.to_le_bytes();
        Self(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_makes_a_chunk_no_larger() {
        assert_eq!(size_of::<Chunk>(), 40);
    }
}
