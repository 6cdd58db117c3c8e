//! How a connection ends: what its client and the user's hub are told.

use super::Lease;
use super::calls;
use super::connection::Connection;
use super::transport::Input;
use super::work::Work;
use crate::connections::websocket::close::{CloseCode, FrameError};
use crate::connections::websocket::write::close_frame;
use crate::filters;
use crate::telemetry::{self, Ending};
use hub_core::context::{CloseMessage, ConnectionScope};
use hub_core::protocol::Encoded;
use hub_core::session::SessionError;
use hub_core::{DisconnectReason, HubError};
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// The sentence of every Close message that has an error (wire specification, 16.1).
const CLOSED_WITH_AN_ERROR: &str = "Connection closed with an error.";

/// The decision to end, and what has to be said.
#[derive(Debug)]
pub(super) struct End {
    reason: DisconnectReason,
    farewell: Farewell,
    code: Option<CloseCode>,
}

/// The last hub message.
#[derive(Debug)]
enum Farewell {
    /// A Close message.
    Close {
        error: Option<CloseError>,
        allow_reconnect: bool,
    },
    /// The answer to a handshake that is refused; there is no Close message then.
    Refused(Vec<u8>),
    /// The client has said goodbye itself.
    Answered,
    /// The transport is gone.
    Nothing,
}

/// What a client reads in a Close message.
#[derive(Debug)]
enum CloseError {
    /// What the application says.
    Text(String),
    /// That something went wrong; what it was is shown to those who may know.
    Failure { detail: String, always_shown: bool },
}

impl CloseError {
    fn text(&self, detailed_errors: bool) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Failure {
                detail,
                always_shown,
            } if *always_shown || detailed_errors => format!("{CLOSED_WITH_AN_ERROR} {detail}"),
            Self::Failure { .. } => CLOSED_WITH_AN_ERROR.to_owned(),
        }
    }
}

impl End {
    fn close(reason: DisconnectReason, allow_reconnect: bool) -> Self {
        let farewell = Farewell::Close {
            error: None,
            allow_reconnect,
        };
        Self {
            reason,
            farewell,
            code: Some(CloseCode::NORMAL),
        }
    }

    fn error(reason: DisconnectReason, detail: String) -> Self {
        let error = CloseError::Failure {
            detail,
            always_shown: false,
        };
        let farewell = Farewell::Close {
            error: Some(error),
            allow_reconnect: true,
        };
        Self {
            reason,
            farewell,
            code: Some(CloseCode::NORMAL),
        }
    }

    /// Somebody asked for the end: `abort`, the server's shutdown, the sweep.
    pub(super) fn asked(reason: DisconnectReason) -> Self {
        let (error, allow_reconnect) = match &reason {
            DisconnectReason::SlowConsumer => return Self::slow(),
            DisconnectReason::Aborted(message) => (
                message.error_text().map(str::to_owned),
                message.allows_reconnect(),
            ),
            // Both may come back: to another server, and with a new proof.
            DisconnectReason::ServerShutdown | DisconnectReason::AuthenticationExpired => {
                (None, true)
            }
            _ => (None, false),
        };
        Self {
            reason,
            farewell: Farewell::Close {
                error: error.map(CloseError::Text),
                allow_reconnect,
            },
            code: Some(CloseCode::NORMAL),
        }
    }

    /// The byte stream ended, or a write failed.
    pub(super) fn lost() -> Self {
        Self {
            reason: DisconnectReason::ConnectionLost,
            farewell: Farewell::Nothing,
            code: None,
        }
    }

    /// The client does not read. A goodbye would only queue up behind the rest.
    pub(super) fn slow() -> Self {
        Self {
            reason: DisconnectReason::SlowConsumer,
            farewell: Farewell::Nothing,
            code: None,
        }
    }

    pub(super) fn refused(reply: Vec<u8>) -> Self {
        let reason = DisconnectReason::ProtocolError("the handshake was refused".to_owned());
        Self {
            reason,
            farewell: Farewell::Refused(reply),
            code: Some(CloseCode::NORMAL),
        }
    }

    pub(super) fn client_timeout(error: &SessionError) -> Self {
        Self::error(DisconnectReason::ClientTimeout, error.to_string())
    }

    pub(super) fn protocol(error: &SessionError) -> Self {
        let detail = error.to_string();
        Self::error(DisconnectReason::ProtocolError(detail.clone()), detail)
    }

    /// The client has answered a question that it was not asked. What it is told names ids, which
    /// are not for the log.
    pub(super) fn not_asked(error: &HubError) -> Self {
        let reason = "it answered what it was not asked".to_owned();
        Self::error(DisconnectReason::ProtocolError(reason), error.to_string())
    }

    /// The WebSocket itself was broken, so its own close code says what was wrong.
    pub(super) fn bad_frame(error: FrameError) -> Self {
        let detail = error.to_string();
        let reason = DisconnectReason::ProtocolError(detail);
        Self {
            reason,
            farewell: Farewell::Nothing,
            code: Some(error.close_code()),
        }
    }

    /// The user's `on_connected` failed: the client is not to come back.
    pub(super) fn connect_failed(error: &HubError) -> Self {
        let error = CloseError::Failure {
            detail: error.to_string(),
            always_shown: error.is_shown(),
        };
        let farewell = Farewell::Close {
            error: Some(error),
            allow_reconnect: false,
        };
        Self {
            reason: DisconnectReason::Aborted(CloseMessage::new()),
            farewell,
            code: Some(CloseCode::NORMAL),
        }
    }

    /// The client sent a Close message.
    pub(super) fn client_closed(error: Option<&str>) -> Self {
        Self::close(
            DisconnectReason::ClientClosed(error.map(str::to_owned)),
            false,
        )
    }

    /// The client sent a close frame without a Close message before it.
    pub(super) fn closed_by_peer(code: CloseCode, error: Option<&SessionError>) -> Self {
        let reason = match error {
            Some(error) => DisconnectReason::ProtocolError(error.to_string()),
            None => DisconnectReason::ConnectionLost,
        };
        Self {
            reason,
            farewell: Farewell::Answered,
            code: Some(code),
        }
    }
}

/// What is left of a connection that ends.
pub(super) struct Remains {
    pub(super) connection: Arc<Connection>,
    pub(super) work: Work,
    /// `None` if no transport carries the connection at present.
    pub(super) input: Option<Input>,
    pub(super) lease: Lease,
}

/// Cleans up behind a connection whose task is gone before its end: it was aborted, because a
/// server's drain timeout was over, or its runtime has shut down. Nobody can be told then.
pub(super) struct Abandoned(pub(super) Arc<Connection>);

impl Drop for Abandoned {
    fn drop(&mut self) {
        if !self.0.is_aborted() {
            self.0.log_end(Ending::Dropped);
            self.0.hub().leave(&self.0);
            self.0.end();
        }
        self.0.outgoing().discard();
        let (sent, _) = self.0.outgoing().take_count();
        self.0.hub().metrics().sent(sent);
    }
}

/// Says goodbye, waits for what runs, and tells the user: in this order, once.
pub(super) async fn finish(remains: Remains, end: End) {
    let Remains {
        connection,
        mut work,
        input,
        lease,
    } = remains;
    // A client that reads the goodbye and comes back at once must not find its old connection.
    drop(lease);
    connection.log_end(Ending::Told(&end.reason));
    let close = end.code.map(|code| close_frame(Some(code), "").into());
    connection
        .outgoing()
        .finish(farewell(&connection, &end), close);
    if work.is_joined() {
        connection.hub().leave(&connection);
    }
    connection.end();
    work.stop();
    // The user hears of the end at once, however long the client takes to close its side.
    tokio::join!(
        close_transport(&connection, input, &end),
        end_work(&connection, &mut work, end.reason.clone()),
    );
}

/// The last hub message, if there is one to send.
fn farewell(connection: &Connection, end: &End) -> Option<Encoded> {
    match &end.farewell {
        Farewell::Answered | Farewell::Nothing => None,
        Farewell::Refused(reply) => Some(Encoded::copied(reply)),
        Farewell::Close {
            error,
            allow_reconnect,
        } => {
            // Before the handshake there is no protocol to say it in.
            let protocol = connection.protocol()?;
            let detailed_errors = connection.hub().options().enable_detailed_errors;
            let text = error.as_ref().map(|error| error.text(detailed_errors));
            Some(Encoded::close(protocol, text.as_deref(), *allow_reconnect))
        }
    }
}

/// Writes what is left, then waits until the client has closed its side too. A client that does
/// not is left to itself after SignalR's close timeout.
async fn close_transport(connection: &Connection, input: Option<Input>, end: &End) {
    let outgoing = connection.outgoing();
    let closed = async {
        let written = poll_fn(|task| {
            outgoing.listen(task);
            outgoing.poll_flush(task)
        })
        .await;
        // One that has gone behind its goodbye is not waited for: nothing of it is left unread.
        let is_gone = matches!(end.farewell, Farewell::Answered) && outgoing.is_abandoned();
        if written.is_ok()
            && !is_gone
            && poll_fn(|task| outgoing.poll_shutdown(task)).await.is_ok()
            && let Some(mut input) = input
        {
            let _ = tokio::io::copy(&mut input, &mut tokio::io::sink()).await;
        }
    };
    if end.code.is_some() {
        let _ = tokio::time::timeout(connection.hub().options().close_timeout, closed).await;
    }
    outgoing.discard();
}

/// Calls have seen `aborted()`, and get a grace period before they are dropped. Then the user is
/// told.
async fn end_work(connection: &Arc<Connection>, work: &mut Work, reason: DisconnectReason) {
    let grace = connection.hub().options().abort_grace_period;
    if tokio::time::timeout(grace, work.ended()).await.is_err() {
        work.calls.abort().await;
    }
    if work.is_open() {
        tell_user(connection, reason).await;
    }
}

async fn tell_user(connection: &Arc<Connection>, reason: DisconnectReason) {
    let hub = connection.hub();
    let told = if hub.filters().is_empty() {
        let scope = Arc::clone(connection) as Arc<dyn ConnectionScope>;
        hub.hub().on_disconnected(scope, reason)
    } else {
        Box::pin(filters::disconnected(Arc::clone(connection), reason))
    };
    let mut told = telemetry::in_span(connection, "OnDisconnectedAsync", told);
    poll_fn(|task| poll_caught(told.as_mut(), task)).await;
}

fn poll_caught(
    future: Pin<&mut (dyn Future<Output = ()> + Send)>,
    task: &mut Context<'_>,
) -> Poll<()> {
    match std::panic::catch_unwind(AssertUnwindSafe(|| future.poll(task))) {
        Ok(poll) => poll,
        Err(panic) => {
            calls::panicked("OnDisconnectedAsync", &*panic);
            Poll::Ready(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::driver::{Framing, Outgoing, Transport, run};
    use crate::server::testing;
    use std::io::{self, Cursor, IoSlice};
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// A socket whose peer has closed its side too, or has not.
    struct Socket {
        is_abandoned: bool,
        written: Arc<Mutex<Vec<u8>>>,
        shutdowns: Arc<AtomicUsize>,
    }

    impl Transport for Socket {
        fn poll_write(
            &self,
            _: &mut Context<'_>,
            bytes: &[IoSlice<'_>],
        ) -> Poll<io::Result<usize>> {
            Poll::Ready(self.try_write(bytes))
        }

        fn try_write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
            self.written.lock().unwrap().extend_from_slice(&bytes[0]);
            Ok(bytes[0].len())
        }

        fn is_abandoned(&self) -> bool {
            self.is_abandoned
        }

        fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.shutdowns.fetch_add(1, Ordering::Relaxed);
            Poll::Ready(Ok(()))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_has_gone_behind_its_goodbye_is_answered_and_not_waited_for() {
        for (is_abandoned, expected) in [(true, 0), (false, 1)] {
            let (written, shutdowns) = (Arc::default(), Arc::default());
            let socket = Socket {
                is_abandoned,
                written: Arc::clone(&written),
                shutdowns: Arc::clone(&shutdowns),
            };
            let outgoing = Outgoing::new(Box::new(socket), Framing::WebSocket(None), 1000);
            let connection = testing::connection(outgoing);
            let goodbye = [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8];
            run(&connection, Box::new(Cursor::new(goodbye)), Box::new(())).await;
            assert_eq!(*written.lock().unwrap(), [0x88, 0x02, 0x03, 0xe8]);
            assert_eq!(shutdowns.load(Ordering::Relaxed), expected);
        }
    }
}
