use crate::driver::Connection;
use hub_core::DisconnectReason;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The connections whose tasks run. Says when the last one has ended, and refuses new ones once
/// the hub shuts down.
#[derive(Debug, Default)]
pub(crate) struct Live {
    connections: Mutex<Connections>,
    empty: Notify,
}

#[derive(Debug, Default)]
struct Connections {
    running: HashMap<u64, Arc<Connection>>,
    closed: bool,
}

/// A place in [`Live`], given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    connection: Arc<Connection>,
}

impl Live {
    /// Notes a connection; `None` once the hub is shutting down.
    pub(crate) fn enter(&self, connection: &Arc<Connection>) -> Option<Place> {
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

    /// Looks at every connection.
    pub(crate) fn each(&self, mut look: impl FnMut(&Arc<Connection>)) {
        self.lock().running.values().for_each(&mut look);
    }

    /// Asks every connection to end, and lets no new one in.
    pub(crate) fn close(&self) {
        let mut connections = self.lock();
        connections.closed = true;
        for connection in connections.running.values() {
            connection.request_close(DisconnectReason::ServerShutdown);
        }
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

    fn lock(&self) -> MutexGuard<'_, Connections> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let live = self.connection.hub().live();
        let mut connections = live.lock();
        connections.running.remove(&self.connection.number());
        if connections.running.is_empty() {
            live.empty.notify_waiters();
        }
    }
}
