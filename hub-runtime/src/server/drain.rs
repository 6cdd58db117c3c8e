//! Graceful shutdown for connections that HTTP has handed over.
//!
//! [`serve`](crate::serve) puts a [`Drain`] into the extensions of each request. Whoever upgrades
//! the connection takes a [`DrainGuard`] before answering, ends its connection soon after the guard
//! was signalled, and then lets go of it. Under another server there is no `Drain`, and such
//! connections end with the process.

use super::tasks::Tasks;
use std::sync::{Arc, Weak};
use tokio::sync::{Notify, OwnedSemaphorePermit, watch};

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

/// What is known of one connection as long as HTTP, or a guard, has it.
#[derive(Debug)]
pub(super) struct Connection {
    /// Its place under the limit of connections.
    _slot: OwnedSemaphorePermit,
    cut: Notify,
}

impl Connection {
    pub(super) fn new(slot: OwnedSemaphorePermit) -> Arc<Self> {
        Arc::new(Self {
            _slot: slot,
            cut: Notify::new(),
        })
    }

    /// Waits for [`Drain::cut`].
    pub(super) async fn cut(&self) {
        self.cut.notified().await;
    }
}

/// A connection's part in its server's shutdown. A cheap clone, which may be kept for long: it does
/// not hold the connection.
#[derive(Clone, Debug)]
pub(crate) struct Drain {
    server: Arc<Server>,
    connection: Weak<Connection>,
}

impl Drain {
    pub(super) fn new(server: &Arc<Server>, connection: &Arc<Connection>) -> Self {
        Self {
            server: Arc::clone(server),
            connection: Arc::downgrade(connection),
        }
    }

    /// Makes the server's shutdown wait for the holder. Take it before the upgrade is answered, so
    /// that there is no moment in which the shutdown could miss the connection.
    pub(crate) fn guard(&self) -> DrainGuard {
        DrainGuard {
            draining: self.server.draining.subscribe(),
            _connection: self.connection.upgrade(),
        }
    }

    /// Runs a task that the server owns: its shutdown waits for it, and aborts it when the drain
    /// timeout is over.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.server.tasks.spawn(task);
    }

    /// Ends the HTTP connection of this request at once. The only way out of a response that the
    /// client does not read: ending its body would wait for the client as well. Of no effect on a
    /// connection that was upgraded.
    pub(crate) fn cut(&self) {
        if let Some(connection) = self.connection.upgrade() {
            connection.cut.notify_one();
        }
    }
}

/// Held by an upgraded connection as long as it lives. It counts as one of the server's connections
/// until then.
#[derive(Debug)]
#[must_use = "the shutdown waits for the guard only while it is held"]
pub(crate) struct DrainGuard {
    draining: watch::Receiver<bool>,
    _connection: Option<Arc<Connection>>,
}

impl DrainGuard {
    #[cfg(test)]
    fn is_draining(&self) -> bool {
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

    struct Fixture {
        server: Arc<Server>,
        slots: Arc<Semaphore>,
        connection: Arc<Connection>,
        drain: Drain,
    }

    fn fixture() -> Fixture {
        let server = Arc::new(Server::new(Tasks::default()));
        let slots = Arc::new(Semaphore::new(1));
        let connection = Connection::new(Arc::clone(&slots).try_acquire_owned().unwrap());
        let drain = Drain::new(&server, &connection);
        Fixture {
            server,
            slots,
            connection,
            drain,
        }
    }

    #[tokio::test]
    async fn guards_are_signalled_and_waited_for() {
        let Fixture { server, drain, .. } = fixture();
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
        let Fixture { server, drain, .. } = fixture();
        let guard = drain.guard();
        drain.spawn(async move {
            let _guard = guard;
            std::future::pending::<()>().await;
        });
        server.start_draining();
        assert!(server.drained().now_or_never().is_none());
        server.tasks.abort_all();
        server.drained().await;
    }

    #[test]
    fn a_guard_keeps_the_slot_and_a_handle_does_not() {
        let Fixture {
            slots,
            connection,
            drain,
            ..
        } = fixture();
        let guard = drain.guard();
        drop(connection);
        assert_eq!(slots.available_permits(), 0);
        drop(guard);
        assert_eq!(slots.available_permits(), 1);
        let _late = drain.guard();
        drain.cut();
    }

    #[test]
    fn a_cut_is_not_missed() {
        let Fixture {
            connection, drain, ..
        } = fixture();
        assert!(connection.cut().now_or_never().is_none());
        drain.cut();
        assert!(connection.cut().now_or_never().is_some());
    }
}
