//! How a client that has lost its socket finds its connection again.

use crate::driver::Connection;
use hub_core::context::ConnectionScope as _;
use std::sync::{Arc, OnceLock, Weak};

/// Kept with the token of a connection for which stateful reconnect was negotiated.
#[derive(Debug, Default)]
pub(super) struct WayBack(OnceLock<Weak<Connection>>);

/// Whether a client may come back.
#[derive(Debug)]
pub(super) enum Standing {
    /// It may, to this connection.
    Open(Arc<Connection>),
    /// The first socket has not had its handshake.
    NotYet,
    /// Stateful reconnect was switched off for the connection: by a handshake of version 1, by the
    /// application, or because the client has left too much unacknowledged.
    SwitchedOff,
    /// The connection has ended.
    Gone,
}

impl WayBack {
    /// Leads to a connection from now on.
    pub(super) fn lead_to(&self, connection: &Arc<Connection>) {
        // A token starts one connection only.
        let _ = self.0.set(Arc::downgrade(connection));
    }

    /// Whether there is a connection that nobody has asked to end.
    pub(super) fn is_wanted(&self) -> bool {
        let connection = self.0.get().and_then(Weak::upgrade);
        connection.is_some_and(|it| it.close_request().is_none())
    }

    pub(super) fn standing(&self) -> Standing {
        let Some(connection) = self.0.get() else {
            return Standing::NotYet;
        };
        match connection.upgrade() {
            Some(connection) if connection.is_aborted() => Standing::Gone,
            Some(connection) if connection.outgoing().is_resumable() => Standing::Open(connection),
            Some(connection) if connection.protocol().is_none() => Standing::NotYet,
            Some(_) => Standing::SwitchedOff,
            None => Standing::Gone,
        }
    }
}
