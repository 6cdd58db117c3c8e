//! How a connection loses its transport and goes on with the next one (wire specification,
//! section 17.5).

use super::Driver;
use super::connection::Connection;
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::time::{Sleep, sleep};

/// How long hub messages are held back for a client that says nothing after its handshake.
const HOLD: Duration = Duration::from_millis(100);

/// Whether a connection that may be resumed holds its first messages back, until its client has
/// read the handshake's answer and says something (section 17.6).
#[derive(Debug, Default)]
pub(super) enum Hold {
    #[default]
    Before,
    Until(Pin<Box<Sleep>>),
    Over,
}

impl Hold {
    /// The client has spoken, or will not.
    pub(super) fn end(&mut self, connection: &Connection) {
        if matches!(self, Self::Until(_)) {
            *self = Self::Over;
            connection.outgoing().release(connection);
        }
    }
}

impl Driver {
    /// Ends the time for which messages are held back.
    pub(super) fn poll_hold(&mut self, task: &mut Context<'_>) {
        if matches!(self.hold, Hold::Before) && self.session.is_resumable() {
            self.hold = Hold::Until(Box::pin(sleep(HOLD)));
        }
        if let Hold::Until(until) = &mut self.hold
            && until.as_mut().poll(task) == Poll::Ready(())
        {
            self.hold.end(&self.connection);
        }
    }

    /// The transport is gone. The hub goes on, and the client may come back for a while.
    pub(super) fn suspend(&mut self) {
        if self.input.take().is_none() {
            return;
        }
        tracing::debug!(
            target: "hub_runtime::connections",
            connection_id = self.connection.id().as_str(),
            "a connection has lost its socket, and waits for its client"
        );
        let hub = self.connection.hub();
        let patience = hub.options().disconnect_timeout;
        // A stamp is as old as the last sweep.
        let patience = patience.saturating_add(hub.options().sweep_interval());
        self.inactive_until = hub.clock().now().checked_add(patience);
        self.session.suspend();
    }

    /// Goes on with a transport that a client has come back on, be the present one dead or alive.
    pub(super) fn take_over(&mut self) {
        let Some(link) = self.connection.take_link() else {
            return;
        };
        let Some(protocol) = self.connection.protocol() else {
            return;
        };
        // Behind a WebSocket's Close frame nothing follows, and a connection that cannot be resumed
        // keeps the transport that it has.
        if self.closed_by_peer.is_some()
            || !self.connection.outgoing().attach(
                &self.connection,
                link.output,
                link.framing,
                protocol,
            )
        {
            return;
        }
        self.input = Some(link.input);
        self.frames = link.framing.reader();
        self.inactive_until = None;
        self.paused = false;
        self.hold = Hold::Over;
        self.session.resume(self.work.now());
    }
}
