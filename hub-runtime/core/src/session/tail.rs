//! Received bytes that nobody has read yet.

use std::ops::Range;

/// The unread end of a byte stream: part of a message, or messages the driver has not taken.
///
/// It owns memory only while there is something to keep.
#[derive(Debug, Default)]
pub(super) struct Tail {
    buf: Vec<u8>,
    /// So much of `buf` has been read.
    read: usize,
}

impl Tail {
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.read == self.buf.len()
    }

    pub(super) fn unread(&self) -> &[u8] {
        &self.buf[self.read..]
    }

    /// Marks `length` bytes as read. They stay where they are until the next call.
    pub(super) fn advance(&mut self, length: usize) {
        self.read += length;
    }

    /// Appends `bytes`. What has been read is dropped once it is the larger part, so that every
    /// byte is moved a constant number of times however small the steps are.
    #[inline]
    pub(super) fn append(&mut self, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.append_some(bytes);
        }
    }

    fn append_some(&mut self, bytes: &[u8]) {
        if self.read > self.buf.len() / 2 {
            self.buf.drain(..self.read);
            self.read = 0;
        }
        self.buf.extend_from_slice(bytes);
    }

    /// Gives the memory back if everything has been read.
    #[inline]
    pub(super) fn release(&mut self) {
        if self.buf.capacity() > 0 && self.is_empty() {
            *self = Self::default();
        }
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Bytes in front of the unread ones, counted back from them.
    pub(super) fn before(&self, length: usize, range: Range<usize>) -> &[u8] {
        let start = self.read - length;
        &self.buf[start + range.start..start + range.end]
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.buf.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_bytes_do_not_pile_up() {
        let mut tail = Tail::default();
        for round in 0..10_000u32 {
            tail.append(&round.to_be_bytes());
            if round > 0 {
                assert_eq!(&tail.unread()[..4], (round - 1).to_be_bytes());
                tail.advance(4);
                assert_eq!(tail.before(4, 2..4), &(round - 1).to_be_bytes()[2..]);
            }
        }
        assert!(tail.capacity() < 64);
        tail.advance(4);
        tail.release();
        assert_eq!(tail.capacity(), 0);
    }
}
