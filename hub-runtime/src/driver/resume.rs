//! How a connection loses its transport and goes on with the next one (wire specification,
//! section 17.5).

use super::Driver;
use super::connection::Connection;
use crate::telemetry::targets;
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
            target: targets::SESSION,
            hub = self.connection.hub().name(),
            connection_id = %self.connection.who().id,
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
        tracing::debug!(
            target: targets::SESSION,
            hub = self.connection.hub().name(),
            connection_id = %self.connection.who().id,
            "a connection goes on with another socket"
        );
        self.input = Some(link.input);
        self.frames = link.framing.reader();
        self.inactive_until = None;
        self.paused = false;
        self.hold = Hold::Over;
        self.session.resume(self.work.now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{Framing, Input, Link, Transport};
    use crate::server::testing::{self, Sink};
    use hub_core::protocol::Protocol;
    use std::io::{self, IoSlice};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, Mutex};
    use std::task::{Wake, Waker};

    /// A socket whose client comes back on a third one as soon as it is written to.
    struct Impatient {
        connection: Arc<Connection>,
        next: Mutex<Option<Link>>,
    }

    impl Transport for Impatient {
        fn poll_write(
            &self,
            _: &mut Context<'_>,
            bytes: &[IoSlice<'_>],
        ) -> Poll<io::Result<usize>> {
            Poll::Ready(self.try_write(bytes))
        }

        fn try_write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
            if let Some(link) = self.next.lock().unwrap().take() {
                self.connection.resume(link);
            }
            Ok(bytes.iter().map(|piece| piece.len()).sum())
        }

        fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }
    }

    #[derive(Default)]
    struct Woken(AtomicBool);

    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, Ordering::Relaxed);
        }
    }

    /// Nothing comes from it.
    fn silence() -> Input {
        struct Silence;

        impl tokio::io::AsyncRead for Silence {
            fn poll_read(
                self: Pin<&mut Self>,
                _: &mut Context<'_>,
                _: &mut tokio::io::ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                Poll::Pending
            }
        }

        Box::new(Silence)
    }

    fn link(output: impl Transport) -> Link {
        Link {
            input: silence(),
            output: Box::new(output),
            framing: Framing::WebSocket(None),
        }
    }

    #[test]
    fn a_socket_that_came_while_another_was_taken_up_was_left_waiting() {
        let connection = testing::resumable(Sink::default().outgoing());
        connection.accept(Protocol::Json);
        connection.outgoing().keep(1024);
        let mut driver = Driver::new(Arc::clone(&connection), silence());
        let woken = Arc::<Woken>::default();
        let waker = Waker::from(Arc::clone(&woken));
        let mut task = Context::from_waker(&waker);
        assert!(driver.poll(&mut task).is_pending());
        connection.resume(link(Impatient {
            connection: Arc::clone(&connection),
            next: Mutex::new(Some(link(Sink::default()))),
        }));
        let mut polls = 0;
        while woken.0.swap(false, Ordering::Relaxed) {
            polls += 1;
            assert!(driver.poll(&mut task).is_pending());
        }
        assert_eq!(polls, 2);
        assert!(connection.take_link().is_none());
    }
}
