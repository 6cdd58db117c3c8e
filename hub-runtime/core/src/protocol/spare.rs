//! The buffer of a message that has been copied behind others, for the thread's next message: most
//! answers and stream items are written, copied into their connection's batch, and done with.

use std::cell::Cell;

/// A message that is queued as it is keeps its buffer, whose size nobody counts but its own bytes.
const LARGEST: usize = 512;

thread_local! {
    static SPARE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// An empty buffer.
#[inline]
pub(super) fn take() -> Vec<u8> {
    // None where a thread that ends still sends.
    SPARE.try_with(Cell::take).unwrap_or_default()
}

/// Keeps a buffer for the next message.
#[inline]
pub(super) fn keep(mut buf: Vec<u8>) {
    if buf.capacity() <= LARGEST {
        buf.clear();
        let _ = SPARE.try_with(|spare| spare.set(buf));
    }
}
