//! Messages of one connection that leave together, in the hands of the stream that adds to them.

use serde::Serialize;

use super::{EncodeError, Encoded, StreamItems, spare};

/// Whole messages in one buffer, which has [`Encoded::HEADROOM`] in front.
///
/// A connection lends it to a stream for as long as that has items at hand; see
/// [`ConnectionScope::lend_batch`](crate::context::ConnectionScope::lend_batch).
#[derive(Debug)]
pub struct Batch {
    buffer: Vec<u8>,
    start: usize,
    /// Where the last message ends that is to stay.
    end: usize,
    limits: BatchLimits,
}

/// How much a [`Batch`] takes, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimits {
    /// With so many in all messages it is full.
    pub room: usize,
    /// A message that is longer leaves by itself.
    pub longest: usize,
}

impl Batch {
    /// Without messages, and with room for so many bytes from the start.
    pub fn new(limits: BatchLimits, capacity: usize) -> Self {
        let mut buffer = spare::take();
        buffer.reserve(capacity);
        Self::continued(buffer, Encoded::HEADROOM, limits)
    }

    /// With the messages that begin at `start`.
    pub fn continued(buffer: Vec<u8>, start: usize, limits: BatchLimits) -> Self {
        Self {
            end: buffer.len(),
            buffer,
            start,
            limits,
        }
    }

    /// The whole buffer, and where its messages begin.
    pub fn into_parts(mut self) -> (Vec<u8>, usize) {
        // What a value has begun to write, and then has panicked.
        self.buffer.truncate(self.end);
        (self.buffer, self.start)
    }

    /// Whether there is room for a further message.
    #[inline]
    pub fn has_room(&self) -> bool {
        self.end - self.start < self.limits.room
    }

    /// Writes an item behind the others, without keeping it yet. `false` if it is to be taken out
    /// again, for being too long.
    #[inline]
    pub fn write<T: Serialize + ?Sized>(
        &mut self,
        items: &StreamItems,
        item: &T,
    ) -> Result<bool, EncodeError> {
        items.append(&mut self.buffer, item)?;
        Ok(self.buffer.len() - self.end <= self.limits.longest)
    }

    /// Keeps what has been written.
    #[inline]
    pub fn keep(&mut self) {
        self.end = self.buffer.len();
    }

    /// Takes what has been written out again, as a message by itself.
    pub fn take_last(&mut self) -> Encoded {
        let message = Encoded::copied(&self.buffer[self.end..]);
        self.buffer.truncate(self.end);
        message
    }
}
