use super::numbers::ByNumber;
use super::spread::Share;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A connection that has a place in [`Live`].
pub(crate) trait Member: Sized {
    /// Unique in this process.
    fn number(&self) -> u64;

    /// Where it has its place.
    fn live(&self) -> &Live<Self>;

    /// Asks it to end, since the server shuts down.
    fn shut_down(&self);
}

/// The connections whose tasks run. Says when the last one has ended, and refuses new ones once
/// what they belong to shuts down.
#[derive(Debug)]
pub(crate) struct Live<C> {
    connections: Mutex<Connections<C>>,
    empty: Notify,
}

#[derive(Debug)]
struct Connections<C> {
    running: ByNumber<Arc<C>>,
    closed: bool,
}

/// A place in [`Live`], given back when dropped.
#[derive(Debug)]
pub(crate) struct Place<C: Member> {
    connection: Arc<C>,
}

impl<C> Default for Live<C> {
    fn default() -> Self {
        let connections = Connections {
            running: ByNumber::default(),
            closed: false,
        };
        Self {
            connections: Mutex::new(connections),
            empty: Notify::new(),
        }
    }
}

impl<C: Member> Live<C> {
    /// Notes a connection; `None` once there are to be no more.
    pub(crate) fn enter(&self, connection: &Arc<C>) -> Option<Place<C>> {
        let mut connections = self.lock();
        if connections.closed {
            return None;
        }
        connections
            .running
            .insert(connection.number(), Arc::clone(connection));
        Some(Place {
            connection: Arc::clone(connection),
        })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().running.len()
    }

    /// Looks at every connection.
    pub(crate) fn each(&self, mut look: impl FnMut(&Arc<C>)) {
        self.lock().running.values().for_each(&mut look);
    }

    /// Lets no new connection in.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
    }

    /// Asks those connections to end whose turn it is.
    pub(crate) fn shut_down(&self, share: &Share) {
        self.each(|connection| {
            if share.holds(connection.number()) {
                connection.shut_down();
            }
        });
    }

    /// Waits until no connection is left.
    pub(crate) async fn ended(&self) {
        loop {
            let notified = self.empty.notified();
            if self.lock().running.is_empty() {
                return;
            }
            notified.await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, Connections<C>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C: Member> Drop for Place<C> {
    fn drop(&mut self) {
        let live = self.connection.live();
        let mut connections = live.lock();
        connections.running.remove(&self.connection.number());
        if connections.running.is_empty() {
            live.empty.notify_waiters();
        }
    }
}
