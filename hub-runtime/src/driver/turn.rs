//! Batching by turns: what one poll of a task sends to a connection leaves in one write.
//!
//! A turn is one poll of a connection's driver or of a running call. Whatever is sent during a
//! turn, to whomever, is queued; at the turn's end each receiver is written to once. Nothing ever
//! waits for a batch to fill: a turn lasts as long as there is work at hand.
//!
//! Outside a turn, for instance in a background task that uses a `HubContext`, senders write at
//! once.

use super::connection::Connection;
use super::run;
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
        let in_debt = !this.backlog.is_empty();
        if !in_debt && this.done.is_none() {
            let turn = Turn::begin();
            let polled = Pin::new(&mut this.future).poll(task);
            this.backlog = turn.end();
            if let Poll::Ready(output) = polled {
                this.done = Some(output);
            }
        }
        let paid = pay(&mut this.backlog, WRITES_PER_POLL);
        if paid && let Some(output) = this.done.take() {
            return Poll::Ready(output);
        }
        // A wake that came while debts were paid may have been meant for the future, which was not
        // polled then.
        if !paid || in_debt {
            task.waker().wake_by_ref();
        }
        Poll::Pending
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
        run::forget();
        Self {
            outer: OWED.replace(Some(list)),
            running: true,
        }
    }

    fn end(mut self) -> Vec<Arc<Connection>> {
        self.running = false;
        run::forget();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::testing::{self, Sink};
    use hub_core::protocol::Encoded;
    use std::future::poll_fn;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::task::{Wake, Waker};

    #[derive(Default)]
    struct Wakes(AtomicUsize);

    impl Wake for Wakes {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    impl Wakes {
        /// Polls as an executor does: for as long as something has woken the task meanwhile.
        fn run(self: &Arc<Self>, future: &mut (impl Future<Output = ()> + Unpin)) {
            let waker = Waker::from(Arc::clone(self));
            let mut task = Context::from_waker(&waker);
            while Pin::new(&mut *future).poll(&mut task).is_pending()
                && self.0.swap(0, Ordering::Relaxed) > 0
            {}
        }
    }

    #[test]
    fn a_wake_that_comes_while_debts_are_paid_reaches_the_future() {
        let hub = testing::hub();
        let member = |number| testing::member(&hub, number, Sink::default().outgoing());
        let receivers: Vec<_> = (0..=WRITES_PER_POLL as u64).map(member).collect();
        let mut polls = 0;
        let mut future = InTurns::new(Box::pin(poll_fn(|_| {
            polls += 1;
            if polls == 2 {
                return Poll::Ready(());
            }
            for receiver in &receivers {
                receiver.send(Encoded::copied(b"a message"));
            }
            // Whatever wakes it from now on comes before the last of these is written to.
            Poll::Pending
        })));
        Arc::<Wakes>::default().run(&mut future);
        drop(future);
        assert_eq!(polls, 2);
    }
}
