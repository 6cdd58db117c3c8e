//! Graceful shutdown for connections that HTTP has handed over.
//!
//! [`serve`](crate::serve) puts a [`Drain`] into the extensions of each request. Whoever upgrades
//! the connection takes a [`DrainGuard`] before answering, ends its connection soon after the guard
//! was signalled, and then lets go of it. Under another server there is no `Drain`, and such
//! connections end with the process.
//!
//! What is upgraded is a whole connection in HTTP/1.1, and one stream among others in HTTP/2. The
//! connection of a stream goes on serving, and is not idle while somebody has its [`Occupied`].

use super::activity::{self, Activity};
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
    activity: Arc<Activity>,
}

impl Connection {
    pub(super) fn new(slot: OwnedSemaphorePermit) -> Arc<Self> {
        Arc::new(Self {
            _slot: slot,
            activity: Activity::new(),
        })
    }

    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }
}

/// Ends something where it stands: an HTTP/1.1 connection, or a stream of an HTTP/2 connection.
#[derive(Debug, Default)]
pub(super) struct Cut(Notify);

impl Cut {
    /// Waits for [`Drain::cut`]. One waits at a time.
    pub(super) async fn made(&self) {
        self.0.notified().await;
    }
}

/// A connection's part in its server's shutdown. A cheap clone, which may be kept for long: it does
/// not hold the connection.
#[derive(Clone, Debug)]
pub(crate) struct Drain {
    server: Arc<Server>,
    connection: Weak<Connection>,
    cut: Arc<Cut>,
}

impl Drain {
    pub(super) fn new(server: &Arc<Server>, connection: &Arc<Connection>, cut: Arc<Cut>) -> Self {
        Self {
            server: Arc::clone(server),
            connection: Arc::downgrade(connection),
            cut,
        }
    }

    /// The same for a request that has its own way to be cut.
    pub(super) fn cut_by(self, cut: Option<Arc<Cut>>) -> Self {
        Self {
            cut: cut.unwrap_or(self.cut),
            ..self
        }
    }

    /// Makes the server's shutdown wait for the holder. Take it before the upgrade is answered, so
    /// that there is no moment in which the shutdown could miss the connection.
    pub(crate) fn guard(&self) -> DrainGuard {
        DrainGuard {
            draining: self.server.draining.subscribe(),
            _connection: self.connection.upgrade(),
            _occupied: None,
        }
    }

    /// The same for a stream of HTTP/2 that is upgraded. It goes on counting as a request until the
    /// holder has ended, which may be later than the stream.
    pub(crate) fn guard_stream(&self) -> DrainGuard {
        DrainGuard {
            _occupied: Some(self.occupy()),
            ..self.guard()
        }
    }

    /// Runs a task that the server owns: its shutdown waits for it, and aborts it when the drain
    /// timeout is over.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.server.tasks.spawn(task);
    }

    /// Ends the HTTP connection of this request at once, or in HTTP/2 its stream. The only way out
    /// of a response that the client does not read: ending its body would wait for the client as
    /// well. Of no effect on an HTTP/1.1 connection that was upgraded.
    pub(crate) fn cut(&self) {
        self.cut.0.notify_one();
    }

    /// Says that something goes on behind the response to this request.
    pub(crate) fn occupy(&self) -> Occupied {
        let connection = self.connection.upgrade();
        Occupied {
            _request: connection.map(|connection| connection.activity.begin()),
            cut: Arc::clone(&self.cut),
        }
    }
}

/// Held by what goes on behind a response. Of consequence in HTTP/2, where the connection would be
/// taken for an idle one.
#[derive(Debug)]
#[must_use = "the connection counts as in use only while this is held"]
pub(crate) struct Occupied {
    _request: Option<activity::Request>,
    cut: Arc<Cut>,
}

impl Occupied {
    /// The same as [`Drain::cut`], for the stream that was upgraded.
    pub(crate) fn cut(&self) {
        self.cut.0.notify_one();
    }
}

/// Held by an upgraded connection as long as it lives. It counts as one of the server's connections
/// until then.
#[derive(Debug)]
#[must_use = "the shutdown waits for the guard only while it is held"]
pub(crate) struct DrainGuard {
    draining: watch::Receiver<bool>,
    _connection: Option<Arc<Connection>>,
    _occupied: Option<Occupied>,
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
    use std::time::Duration;
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
        let drain = Drain::new(&server, &connection, Arc::default());
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
        let drain = fixture().drain;
        assert!(drain.cut.made().now_or_never().is_none());
        drain.cut();
        assert!(drain.cut.made().now_or_never().is_some());
    }

    #[tokio::test]
    async fn an_occupied_connection_is_not_idle() {
        let Fixture {
            slots,
            connection,
            drain,
            ..
        } = fixture();
        let occupied = drain.occupy();
        let idle = || {
            connection
                .activity()
                .idle_for(Duration::ZERO)
                .now_or_never()
        };
        assert!(idle().is_none());
        drop(occupied);
        assert!(idle().is_some());
        // It says nothing about how long the connection counts.
        let _occupied = drain.occupy();
        drop(connection);
        assert_eq!(slots.available_permits(), 1);
    }
}
