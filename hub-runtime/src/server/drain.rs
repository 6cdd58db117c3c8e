//! Graceful shutdown for connections that HTTP has handed over.
//!
//! [`serve`](crate::serve) puts a [`Drain`] into the extensions of each request. Whoever upgrades the connection takes a
//! [`DrainGuard`] before answering, ends its connection soon after the guard was signalled, and then lets go of it.
//! Under another server there is no `Drain`, and such connections end with the process.

use super::tasks::Tasks;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// What the connections of one server share.
#[derive(Debug)]
pub(super) struct Server {
    /// Whether the server is shutting down. Each guard is a receiver.
    draining: watch::Sender<bool>,
    pub(super) tasks: Tasks,
}

impl Server {
    pub(super) fn new(tasks: Tasks) -> Self {
        Self {
            draining: watch::Sender::new(false),
            tasks,
        }
    }

    /// Signals all guards, those to come included.
    pub(super) fn start_draining(&self) {
        self.draining.send_replace(true);
    }

    /// Waits until tasks and guards are gone.
    pub(super) async fn drained(&self) {
        // Tasks first: a request that still runs may end in an upgrade.
        self.tasks.finished().await;
        self.draining.closed().await;
    }

    pub(super) fn guards(&self) -> usize {
        self.draining.receiver_count()
    }
}

/// A connection's part in its server's shutdown. A cheap clone.
#[derive(Clone, Debug)]
pub(crate) struct Drain {
    server: Arc<Server>,
    /// The connection counts as long as anything of it is left.
    slot: Arc<OwnedSemaphorePermit>,
}

impl Drain {
    pub(super) fn new(server: Arc<Server>, slot: OwnedSemaphorePermit) -> Self {
        Self {
            server,
            slot: Arc::new(slot),
        }
    }

    /// Makes the server's shutdown wait for the holder. Take it before the upgrade is answered, so that there is no
    /// moment in which the shutdown could miss the connection.
    pub(crate) fn guard(&self) -> DrainGuard {
        DrainGuard {
            draining: self.server.draining.subscribe(),
            _slot: Arc::clone(&self.slot),
        }
    }

    /// Runs a task that the server owns: its shutdown waits for it, and aborts it when the drain timeout is over.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.server.tasks.spawn(task);
    }
}

/// Held by an upgraded connection as long as it lives.
#[derive(Debug)]
#[must_use = "the shutdown waits for the guard only while it is held"]
pub(crate) struct DrainGuard {
    draining: watch::Receiver<bool>,
    _slot: Arc<OwnedSemaphorePermit>,
}

impl DrainGuard {
    /// Whether the connection should end.
    pub(crate) fn is_draining(&self) -> bool {
        *self.draining.borrow()
    }

    /// Waits until the connection should end.
    pub(crate) async fn signalled(&self) {
        // An error means that the server is gone altogether.
        let _ = self.draining.clone().wait_for(|draining| *draining).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use tokio::sync::Semaphore;

    fn drain() -> (Arc<Server>, Arc<Semaphore>, Drain) {
        let server = Arc::new(Server::new(Tasks::default()));
        let slots = Arc::new(Semaphore::new(1));
        let slot = Arc::clone(&slots).try_acquire_owned().unwrap();
        let drain = Drain::new(Arc::clone(&server), slot);
        (server, slots, drain)
    }

    #[tokio::test]
    async fn guards_are_signalled_and_waited_for() {
        let (server, _, drain) = drain();
        let guard = drain.guard();
        assert!(!guard.is_draining());
        assert!(guard.signalled().now_or_never().is_none());
        server.start_draining();
        guard.signalled().await;
        assert!(guard.is_draining());
        let late = drain.guard();
        late.signalled().await;
        drop(guard);
        assert!(server.drained().now_or_never().is_none());
        drop(late);
        server.drained().await;
    }

    #[tokio::test]
    async fn spawned_tasks_are_waited_for_and_aborted() {
        let (server, _, drain) = drain();
        let guard = drain.guard();
        drain.spawn(async move {
            let _guard = guard;
            std::future::pending().await
        });
        server.start_draining();
        assert!(server.drained().now_or_never().is_none());
        server.tasks.abort_all();
        server.drained().await;
    }

    #[test]
    fn a_guard_keeps_the_slot() {
        let (_, slots, drain) = drain();
        let guard = drain.guard();
        drop(drain);
        assert_eq!(slots.available_permits(), 0);
        drop(guard);
        assert_eq!(slots.available_permits(), 1);
    }
}
