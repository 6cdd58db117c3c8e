//! Batching by turns: what one poll of a task sends to a connection leaves in one write.
//!
//! A turn is one poll of a connection's driver or of a running call. Whatever is sent during a
//! turn, to whomever, is queued; at the turn's end each receiver is written to once. Nothing ever
//! waits for a batch to fill: a turn lasts as long as there is work at hand.
//!
//! Outside a turn, for instance in a background task that uses a `HubContext`, senders write at
//! once.

use super::connection::Connection;
use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// Writes before a task lets others run. One write costs some 5 µs, so a worker is held for a
/// millisecond at most.
const WRITES_PER_POLL: usize = 256;

thread_local! {
    /// The connections that this thread's turn owes a write; `None` outside a turn.
    static OWED: RefCell<Option<Vec<Arc<Connection>>>> = const { RefCell::new(None) };
}

/// Leaves the write of a connection to the running turn. `false` if there is none.
pub(super) fn owe(connection: impl FnOnce() -> Arc<Connection>) -> bool {
    OWED.with_borrow_mut(|owed| owed.as_mut().map(|owed| owed.push(connection())).is_some())
}

/// Whether a turn is running on this thread.
pub(crate) fn is_running() -> bool {
    OWED.with_borrow(Option::is_some)
}

/// Runs a future in turns.
#[derive(Debug)]
pub(crate) struct InTurns<F: Future> {
    future: F,
    done: Option<F::Output>,
    /// Writes still owed, because they were too many for one poll.
    backlog: Vec<Arc<Connection>>,
}

impl<F: Future> InTurns<F> {
    pub(crate) fn new(future: F) -> Self {
        Self {
            future,
            done: None,
            backlog: Vec::new(),
        }
    }
}

impl<F: Future + Unpin> Future for InTurns<F>
where
    F::Output: Unpin,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        if this.backlog.is_empty() && this.done.is_none() {
            let turn = Turn::begin();
            let polled = Pin::new(&mut this.future).poll(task);
            this.backlog = turn.end();
            if let Poll::Ready(output) = polled {
                this.done = Some(output);
            }
        }
        if pay(&mut this.backlog, WRITES_PER_POLL) {
            this.done.take().map_or(Poll::Pending, Poll::Ready)
        } else {
            task.waker().wake_by_ref();
            Poll::Pending
        }
    }
}

impl<F: Future> Drop for InTurns<F> {
    fn drop(&mut self) {
        // Whoever queued behind a debt relies on its being paid.
        pay(&mut self.backlog, usize::MAX);
    }
}

/// Pays up to `limit` debts; `true` when none is left.
fn pay(owed: &mut Vec<Arc<Connection>>, limit: usize) -> bool {
    let rest = owed.len().saturating_sub(limit);
    // In the order in which they were made, so that no receiver is always the last.
    if rest == 0 {
        owed.drain(..)
            .for_each(|connection| connection.outgoing().flush());
        keep_small(owed);
        return true;
    }
    owed.drain(..limit)
        .for_each(|connection| connection.outgoing().flush());
    false
}

fn keep_small(owed: &mut Vec<Arc<Connection>>) {
    SPARE.with_borrow_mut(|spare| {
        if spare.capacity() < owed.capacity() && owed.capacity() <= 4096 {
            *spare = std::mem::take(owed);
        }
    });
    *owed = Vec::new();
}

thread_local! {
    /// A list to be used again by the next turn.
    static SPARE: RefCell<Vec<Arc<Connection>>> = const { RefCell::new(Vec::new()) };
}

/// A running turn; `outer` is the one that it interrupted, if user code polls within a poll.
struct Turn {
    outer: Option<Vec<Arc<Connection>>>,
    running: bool,
}

impl Turn {
    fn begin() -> Self {
        let list = SPARE.take();
        Self {
            outer: OWED.replace(Some(list)),
            running: true,
        }
    }

    fn end(mut self) -> Vec<Arc<Connection>> {
        self.running = false;
        OWED.replace(self.outer.take()).unwrap_or_default()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        // Still running only if a poll panicked: debts are paid all the same.
        if self.running {
            let mut owed = OWED.replace(self.outer.take()).unwrap_or_default();
            pay(&mut owed, usize::MAX);
        }
    }
}
