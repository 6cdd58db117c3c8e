//! The open batch in the hands of a stream.
//!
//! A stream that has many items at hand would take the lock for each of them. Instead it is lent the
//! batch, for one poll at most. Whoever else has to do with the connection meanwhile finds a place
//! holder in its stead, and says that the batch is wanted back: the stream looks whether it is before
//! it adds an item for good. So what other tasks do because of an item stays behind it, and what it
//! does because of them stays behind that.

use super::queue::{BATCH, Chunk, Queue};
use super::{HIGH_WATER, Outgoing, Status};
use crate::driver::connection::Connection;
use crate::driver::turn;
use hub_core::protocol::{Batch, BatchLimits};
use std::sync::atomic::{AtomicU8, Ordering};

/// The longest message that is added to a batch.
const LONGEST: usize = 1024;

/// Whether the batch is lent.
#[derive(Debug, Default)]
pub(super) struct Loan(AtomicU8);

impl Loan {
    const NONE: u8 = 0;
    const LENT: u8 = 1;
    const WANTED: u8 = 2;

    /// Says that the batch is wanted back. To be called under the lock.
    #[inline]
    pub(super) fn recall(&self) {
        if self.0.load(Ordering::Relaxed) == Self::LENT {
            self.0.store(Self::WANTED, Ordering::Release);
        }
    }

    fn is_wanted(&self) -> bool {
        // Together with `recall`: who has learned of what was done under the lock sees this too.
        self.0.load(Ordering::Acquire) != Self::LENT
    }
}

impl Outgoing {
    /// Lends the open batch, or one that is begun, to the stream that the running turn polls.
    pub(crate) fn lend(&self, owner: &Connection) -> Option<Batch> {
        let mut state = self.lock();
        let is_lent = self.loan.0.load(Ordering::Relaxed) != Loan::NONE;
        // Nothing that the client has not taken, and nothing that has to be kept or is compressed,
        // is worth the exceptions that it would be.
        if is_lent
            || state.status != Status::Open
            || state.blocked.is_some()
            || state.kept.is_some()
        {
            return None;
        }
        let room = HIGH_WATER.checked_sub(state.queue.lasting_bytes())?;
        if !state.owed {
            state.owed = turn::owe(|| owner.shared());
        }
        // Outside of a turn nothing waits.
        if !state.owed {
            return None;
        }
        let longest = self.framing.longest_uncompressed().min(LONGEST);
        let batch = state.queue.lend(room, longest);
        self.loan.0.store(Loan::LENT, Ordering::Relaxed);
        Some(batch)
    }

    /// Whether the batch is to be returned.
    pub(crate) fn wants_batch(&self) -> bool {
        self.loan.is_wanted()
    }

    /// Takes the batch back.
    pub(crate) fn take_back(&self, owner: &Connection, batch: Batch) {
        let mut state = self.lock();
        self.loan.0.store(Loan::NONE, Ordering::Relaxed);
        state.queue.take_back(batch);
        if state.blocked.is_some() {
            // It waits for the batch perhaps, and not for the socket.
            self.driver.wake();
        } else {
            self.write_or_owe(state, owner);
        }
    }
}

impl Queue {
    fn lend(&mut self, room: usize, longest: usize) -> Batch {
        let limits = |taken: usize| BatchLimits {
            // The last message may go beyond it, but the batch not beyond its own bound.
            room: (room + taken).min(BATCH - longest),
            longest,
        };
        if let Some(last @ Chunk::Batch { .. }) = self.chunks.back_mut()
            && let Chunk::Batch { buffer, payload } = std::mem::replace(last, Chunk::Lent)
        {
            let taken = buffer.len() - payload;
            let limits = limits(taken);
            if taken < limits.room {
                self.bytes -= taken;
                return Batch::continued(buffer, payload, limits);
            }
            *last = Chunk::Batch { buffer, payload };
        }
        self.seal();
        self.push(Chunk::Lent);
        // Behind a full one there will be another.
        let is_next = self.bytes >= BATCH - longest;
        Batch::new(limits(0), if is_next { BATCH } else { 0 })
    }

    fn take_back(&mut self, batch: Batch) {
        let is_lent = |chunk: &Chunk| matches!(chunk, Chunk::Lent);
        // Gone with all else, if the transport is.
        let Some(at) = self.chunks.iter().rposition(is_lent) else {
            return;
        };
        let (buffer, payload) = batch.into_parts();
        if buffer.len() == payload {
            self.chunks.remove(at);
            return;
        }
        self.bytes += buffer.len() - payload;
        self.chunks[at] = if at + 1 == self.chunks.len() {
            Chunk::Batch { buffer, payload }
        } else {
            self.sealed(buffer, payload)
        };
    }

    /// Whether a batch is lent.
    pub(super) fn is_lent(&self) -> bool {
        self.chunks.iter().any(|chunk| matches!(chunk, Chunk::Lent))
    }
}
