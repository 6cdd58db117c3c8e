//! Broadcasts one behind the other: what a turn sends to the same receivers becomes one piece for all
//! of them.
//!
//! A receiver of several broadcasts would queue, gather and let go of each by itself, and so would a
//! thousand others, with the same bytes. Instead a frame knows the one that the turn has sent before
//! it. Where a receiver has that one last in its queue, it is given both in one piece, which is made
//! once.

use bytes::{Bytes, BytesMut};
use std::cell::RefCell;
use std::sync::OnceLock;

/// The bytes that are worth copying together, as for one write.
const LONGEST: usize = 4 * 1024;

/// What stands before a frame, in the queues of those who were sent both.
#[derive(Debug)]
pub(super) struct Behind {
    before: Bytes,
    both: OnceLock<Bytes>,
}

impl Behind {
    /// Before a frame of so many bytes; `None` if the two are too long to be one piece.
    pub(super) fn new(before: Bytes, length: usize) -> Option<Self> {
        let is_short = !before.is_empty() && before.len() + length <= LONGEST;
        is_short.then(|| Self {
            before,
            both: OnceLock::new(),
        })
    }

    /// What takes the place of `last`, so that `frame` stands behind it: if that is what was sent
    /// before, and nothing of it has been written.
    pub(super) fn join(&self, last: &Bytes, frame: &Bytes) -> Option<Bytes> {
        // Both are alive, so that what has one address is one.
        let is_it = last.as_ptr() == self.before.as_ptr() && last.len() == self.before.len();
        is_it.then(|| self.both.get_or_init(|| joined(last, frame)).clone())
    }

    /// What most receivers have last by now.
    pub(super) fn both(&self) -> Option<&Bytes> {
        self.both.get()
    }
}

fn joined(before: &Bytes, frame: &Bytes) -> Bytes {
    let mut both = BytesMut::with_capacity(before.len() + frame.len());
    both.extend_from_slice(before);
    both.extend_from_slice(frame);
    both.freeze()
}

/// What a turn has broadcast last: in JSON, and in MessagePack.
pub(super) type Last = [Bytes; 2];

thread_local! {
    static LAST: RefCell<Last> = const { RefCell::new([Bytes::new(), Bytes::new()]) };
}

/// What the running turn has broadcast last.
pub(super) fn last() -> Last {
    LAST.with_borrow(Clone::clone)
}

/// Notes what the running turn has broadcast.
pub(super) fn note(frames: Last) {
    LAST.set(frames);
}

/// Forgets it: a turn begins or ends.
pub(super) fn forget() {
    LAST.with_borrow_mut(|last| last.iter_mut().for_each(Bytes::clear));
}
