//! What owns a connection while it lives: one task, and the record it shares with senders.

mod binding;
mod calls;
mod connection;
mod end;
mod frame;
mod outgoing;
mod resume;
mod run;
mod scratch;
mod transport;
mod turn;
mod typed_error;
mod uploads;
mod work;

pub(crate) use calls::{panic_text, panicked};
pub(crate) use connection::{Connection, Opening};
pub(crate) use frame::{Broadcast, Framing};
pub(crate) use outgoing::Outgoing;
pub use outgoing::SlowClient;
pub(crate) use scratch::Scratch;
pub(crate) use transport::{Input, Link, Transport};
pub(crate) use turn::{InTurns, is_running as in_turn};

use crate::connections::websocket::close::CloseCode;
use crate::connections::websocket::frame::{Event as FrameEvent, FrameReader, Payload};
use crate::connections::websocket::write::pong;
use crate::server::live::Place;
use crate::telemetry::{self, targets};
use end::{Abandoned, End, Remains};
use hub_core::DisconnectReason;
use hub_core::context::ConnectionScope as _;
use hub_core::negotiate::TransportType;
use hub_core::protocol::{Encoded, Received};
use hub_core::session::{Session, Timeout};
use outgoing::Status;
use resume::Hold;
use std::future::Future;
use std::mem::replace;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::time::{Sleep, sleep};
use work::{Flow, Work};

/// How often a client is looked after that is not listened to.
const LOOK: Duration = Duration::from_secs(1);
/// Rounds of work, of one read each, before a task lets others run.
const ROUNDS_PER_POLL: usize = 4;
/// Calls before a task lets others run, but for those that came in the same read: one that floods
/// must not hold a worker for as long as others wait to be answered.
const CALLS_PER_POLL: u64 = 64;

/// Something that a connection holds while it lives, and lets go of before it says goodbye.
pub(crate) type Lease = Box<dyn Send>;

/// Runs a connection from its first byte to its last. The caller spawns the future; it ends when
/// the connection does.
pub(crate) fn run(
    connection: &Arc<Connection>,
    input: Input,
    lease: Lease,
) -> impl Future<Output = ()> + Send + Unpin + use<> {
    InTurns::new(Run::new(connection, input, lease))
}

/// The life of a connection. A future by hand, since an `async` block has room for what it is given
/// twice, and keeps it.
struct Run {
    // Dropped in this order, if the connection's task is gone before its end.
    _abandoned: Abandoned,
    _place: Option<Place<Connection>>,
    stage: Stage,
}

#[expect(
    clippy::large_enum_variant,
    reason = "a connection is in the large one nearly all of its life"
)]
enum Stage {
    Open(Driver, Lease),
    /// What follows happens once in a connection's life, so its state is not kept till then.
    Ending(Pin<Box<dyn Future<Output = ()> + Send>>),
    Over,
}

impl Run {
    fn new(connection: &Arc<Connection>, input: Input, lease: Lease) -> Self {
        let place = connection.hub().live().enter(connection);
        let stage = if place.is_some() {
            Stage::Open(Driver::new(Arc::clone(connection), input), lease)
        } else {
            Stage::Over
        };
        Self {
            _abandoned: Abandoned(Arc::clone(connection)),
            _place: place,
            stage,
        }
    }
}

impl Future for Run {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        let Self {
            _abandoned: Abandoned(connection),
            stage,
            ..
        } = &mut *self;
        let _entered = connection.life().enter();
        loop {
            match stage {
                Stage::Open(driver, _) => {
                    let end = ready!(driver.poll(task));
                    if let Stage::Open(driver, lease) = replace(stage, Stage::Over) {
                        let ending = end::finish(driver.into_remains(lease), end);
                        *stage = Stage::Ending(Box::pin(ending));
                    }
                }
                Stage::Ending(ending) => {
                    ready!(ending.as_mut().poll(task));
                    *stage = Stage::Over;
                }
                Stage::Over => return Poll::Ready(()),
            }
        }
    }
}

/// The task of one connection: what is read, what it makes the hub do, and when it ends.
struct Driver {
    connection: Arc<Connection>,
    /// `None` while a lost connection waits for its client to come back.
    input: Option<Input>,
    /// When it has waited long enough.
    inactive_until: Option<Instant>,
    hold: Hold,
    session: Session,
    /// Where bytes come in WebSocket frames.
    frames: Option<FrameReader>,
    work: Work,
    /// Messages were left unread, because something has to end first.
    paused: bool,
    /// The client has closed its side, behind messages that are unread yet.
    closed_by_peer: Option<CloseCode>,
    /// How long running calls may hold up the server's shutdown.
    grace: Option<Pin<Box<Sleep>>>,
}

impl Driver {
    fn new(connection: Arc<Connection>, input: Input) -> Self {
        let hub = connection.hub();
        let now = hub.clock().now();
        let transport = connection.transport();
        let formats = transport.transfer_formats();
        let mut session = Session::server(Arc::clone(hub.session_options()), formats, now);
        if transport == TransportType::LongPolling {
            session = session.with_inherent_keep_alive();
        }
        if connection.negotiated_stateful_reconnect() {
            session = session.with_stateful_reconnect();
        }
        connection.set_deadline(session.next_deadline());
        Self {
            input: Some(input),
            inactive_until: None,
            hold: Hold::default(),
            session,
            frames: connection.outgoing().framing().reader(),
            work: Work::new(Arc::clone(&connection)),
            connection,
            paused: false,
            closed_by_peer: None,
            grace: None,
        }
    }

    fn into_remains(self, lease: Lease) -> Remains {
        Remains {
            connection: self.connection,
            work: self.work,
            input: self.input,
            lease,
        }
    }

    /// One turn: everything that is at hand is done, in a fixed order.
    fn poll(&mut self, task: &mut Context<'_>) -> Poll<End> {
        let begun = self.work.calls_begun();
        for _ in 0..ROUNDS_PER_POLL {
            self.connection.outgoing().listen(task);
            self.take_over();
            if let Some(end) = self.asked_to_end(task) {
                return Poll::Ready(end);
            }
            self.poll_hold(task);
            if let Some(end) = self.work.poll_connecting(task) {
                return Poll::Ready(end);
            }
            self.work.poll_refreshed();
            self.work.calls.poll_ended(task);
            if !self.may_read(task) {
                return self.wait_unheard();
            }
            match self.poll_input(task) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(end)) => return Poll::Ready(end),
                Poll::Pending => return self.wait(None),
            }
            if self.work.calls_begun() - begun >= CALLS_PER_POLL {
                break;
            }
        }
        task.waker().wake_by_ref();
        self.wait(None)
    }

    /// Looks at what others want of this task, and writes what they could not.
    fn asked_to_end(&mut self, task: &mut Context<'_>) -> Option<End> {
        let flushed = self.connection.outgoing().poll_flush(task);
        if let Some(reason) = self.connection.close_request()
            && (reason != DisconnectReason::ServerShutdown || self.poll_last_calls(task).is_ready())
        {
            if reason == DisconnectReason::SlowConsumer {
                self.limit_reached("transport_send_timeout");
            }
            return Some(End::asked(reason));
        }
        match self.connection.outgoing().status().0 {
            Status::Overflow => {
                self.limit_reached("maximum_pending_bytes");
                Some(End::slow())
            }
            Status::Lost => {
                self.suspend();
                None
            }
            _ if matches!(flushed, Poll::Ready(Err(_))) => Some(End::lost()),
            _ => None,
        }
    }

    fn limit_reached(&self, limit: &'static str) {
        telemetry::limit_reached(self.connection.hub().name(), limit);
    }

    /// Calls that run when the server shuts down may end and be answered, within the grace period.
    /// Streams may have no end, and do not count.
    fn poll_last_calls(&mut self, task: &mut Context<'_>) -> Poll<()> {
        let calls = &mut self.work.calls;
        calls.close();
        calls.poll_ended(task);
        if !calls.owes_answers() {
            return Poll::Ready(());
        }
        let period = self.connection.hub().options().abort_grace_period;
        let grace = self.grace.get_or_insert_with(|| Box::pin(sleep(period)));
        grace.as_mut().poll(task)
    }

    fn check_time(&mut self) -> Option<End> {
        let now = self.connection.hub().clock().now();
        if self.inactive_until.is_some_and(|until| until <= now) {
            return Some(End::lost());
        }
        if self
            .session
            .next_deadline()
            .is_none_or(|deadline| now < deadline)
        {
            return None;
        }
        match self.session.handle_timeout(now)? {
            Timeout::Handshake { reply } => return Some(End::refused(reply)),
            Timeout::Client(error) => return Some(End::client_timeout(&error)),
            Timeout::KeepAlive { ping } => {
                self.log_ping();
                self.connection.send_control(Encoded::copied(ping));
            }
            Timeout::Ack { ack } => self.connection.send_control(ack),
            _ => {}
        }
        None
    }

    /// Reading waits for whoever cannot keep up: the client with its own answers, the user's
    /// `on_connected`, calls that wait for a slot, a full upload.
    fn may_read(&mut self, task: &mut Context<'_>) -> bool {
        let outgoing = self.connection.outgoing();
        let has_room = outgoing.poll_socket_room(task).is_ready();
        let may_read =
            has_room && !self.work.is_busy() && self.work.uploads.poll_stalled(task).is_ready();
        let now = self.connection.hub().clock().now();
        if may_read {
            self.session.resume_client_timeout(now);
        } else {
            // A client that we do not listen to cannot be silent.
            self.session.pause_client_timeout();
        }
        may_read
    }

    /// Waits without reading. A client whose goodbye stands behind what is unread is not waited for:
    /// its end is looked for now and then. Only an `on_connected` is not cut short by it.
    fn wait_unheard(&mut self) -> Poll<End> {
        if !self.work.is_connecting() && self.connection.outgoing().is_abandoned() {
            if !self.connection.outgoing().detach() {
                return Poll::Ready(End::lost());
            }
            self.suspend();
        }
        let now = self.connection.hub().clock().now();
        self.wait(now.checked_add(LOOK))
    }

    /// Looks at the time, last of all, since what has just been read is a sign of life, and leaves
    /// word when to be woken.
    fn wait(&mut self, look: Option<Instant>) -> Poll<End> {
        if let Some(end) = self.check_time() {
            return Poll::Ready(end);
        }
        let deadlines = [self.session.next_deadline(), self.inactive_until, look];
        self.connection
            .set_deadline(deadlines.into_iter().flatten().min());
        Poll::Pending
    }

    fn poll_input(&mut self, task: &mut Context<'_>) -> Poll<Result<(), End>> {
        // What an earlier turn left unread goes first.
        if self.paused {
            return Poll::Ready(self.take_messages(Received::Bytes(&[]), task));
        }
        if let Some(mut bytes) = self.frames.as_mut().and_then(FrameReader::take_put_off) {
            return Poll::Ready(self.take_bytes(&mut bytes, task));
        }
        if let Some(code) = self.closed_by_peer {
            let end = End::closed_by_peer(code, self.session.handle_end().as_ref());
            return Poll::Ready(Err(end));
        }
        let Some(input) = &mut self.input else {
            return Poll::Pending;
        };
        let mut scratch = Scratch::take();
        match scratch.poll_read(input, task) {
            Poll::Pending => Poll::Pending,
            Poll::Ready([]) => Poll::Ready(self.end_of_input()),
            Poll::Ready(bytes) => {
                self.log_received(bytes.len());
                Poll::Ready(self.take_bytes(bytes, task))
            }
        }
    }

    fn log_ping(&self) {
        let who = self.connection.who();
        tracing::trace!(target: targets::SESSION, hub = who.hub, connection_id = %who.id, "a ping is sent");
    }

    fn log_received(&self, bytes: usize) {
        let connection = &self.connection;
        connection.hub().metrics().received(bytes);
        tracing::trace!(target: targets::TRANSPORT, connection_id = %connection.who().id, bytes, "received");
    }

    fn take_bytes(&mut self, mut bytes: &mut [u8], task: &mut Context<'_>) -> Result<(), End> {
        let Self {
            connection,
            session,
            frames,
            hold,
            work,
            paused,
            closed_by_peer,
            ..
        } = self;
        let Some(frames) = frames else {
            return self.take_messages((&*bytes).into(), task);
        };
        let now = work.now();
        loop {
            match frames.next(&mut bytes) {
                Ok(None) => return Ok(()),
                Ok(Some(FrameEvent::Data { payload, .. })) => {
                    hold.end(connection);
                    *paused = take_messages(session, work, *paused, now, payload.into(), task)?;
                    if frames.put_off(bytes, *paused) {
                        return Ok(());
                    }
                }
                Ok(Some(FrameEvent::Ping(payload))) => {
                    connection
                        .outgoing()
                        .push_pong(connection, pong(payload).into());
                }
                Ok(Some(FrameEvent::Pong)) => {}
                // What came before it goes first, which may take a while.
                Ok(Some(FrameEvent::Close(code))) => {
                    *closed_by_peer = Some(code.unwrap_or(CloseCode::NORMAL));
                    return Ok(());
                }
                Err(error) => return Err(End::bad_frame(error)),
            }
        }
    }

    fn take_messages(&mut self, input: Received<'_>, task: &mut Context<'_>) -> Result<(), End> {
        let Self { session, work, .. } = self;
        self.paused = take_messages(session, work, false, work.now(), input, task)?;
        Ok(())
    }

    fn end_of_input(&mut self) -> Result<(), End> {
        if self.connection.outgoing().detach() {
            self.suspend();
            return Ok(());
        }
        let error = self.session.handle_end();
        Err(error.map_or_else(End::lost, |error| End::protocol(&error)))
    }
}

/// Handles hub messages until they are used up, or until something has to end first; `true` then.
/// While `paused`, bytes are only added to what waits.
fn take_messages(
    session: &mut Session,
    work: &mut Work,
    paused: bool,
    now: Instant,
    input: Received<'_>,
    task: &mut Context<'_>,
) -> Result<bool, End> {
    let mut inbox = session.handle_input(now, input);
    if paused {
        return Ok(true);
    }
    while !work.is_busy() && work.has_room() {
        // Looked at where it is: it is large.
        let next = inbox.next();
        let Some(event) = &next else {
            return Ok(false);
        };
        if work.handle(event, task)? == Flow::Pause {
            return Ok(true);
        }
    }
    Ok(true)
}

impl<'a> From<Payload<'a>> for Received<'a> {
    fn from(payload: Payload<'a>) -> Self {
        match payload {
            Payload::Text(text) => Self::Text(text),
            Payload::Binary(bytes) | Payload::PartOfText(bytes) => Self::Bytes(bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::testing::{self, Sink};

    /// A task is as big as the largest state of its future, also while nothing happens.
    #[test]
    fn what_an_idle_connection_holds_is_small() {
        let connection = testing::connection(Sink::default().outgoing());
        let record = size_of_val(&*connection);
        // With the feature `metrics` 8 more, for what has been sent and not been counted.
        let metrics = size_of::<crate::telemetry::SentBytes>();
        assert!(
            record <= 504 + metrics,
            "a connection's record has {record} bytes"
        );
        let task = run(&connection, Box::new(tokio::io::empty()), Box::new(()));
        let size = size_of_val(&task);
        assert!(size <= 520, "a connection's future has {size} bytes");
    }
}
