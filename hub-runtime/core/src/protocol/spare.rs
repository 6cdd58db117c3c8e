//! The buffer of a message that has been copied behind others, for the thread's next message: most
//! answers and stream items are written, copied into their connection's batch, and done with.

use super::Encoded;
use std::cell::Cell;

/// Typical messages are small; larger ones grow as they are written.
const FIRST_CAPACITY: usize = 128;

/// A message that is queued as it is keeps its buffer, whose size nobody counts but its own bytes.
const LARGEST: usize = 512;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// A buffer with nothing in it but the room in front of a message, which is zeros.
#[inline]
pub(super) fn take() -> Vec<u8> {
    // None where a thread that ends still sends.
    let buf = SPARE.try_with(Cell::take).unwrap_or_default();
    if buf.is_empty() { first() } else { buf }
}

#[cold]
fn first() -> Vec<u8> {
    let mut buf = Vec::with_capacity(FIRST_CAPACITY);
    buf.resize(Encoded::HEADROOM, 0);
    buf
}

/// Keeps the buffer of a message for the next one. Nothing has been written into the room in front.
#[inline]
pub(super) fn keep(mut buf: Vec<u8>) {
    if buf.capacity() <= LARGEST {
        buf.truncate(Encoded::HEADROOM);
        let _ = SPARE.try_with(|spare| spare.set(buf));
    }
}
