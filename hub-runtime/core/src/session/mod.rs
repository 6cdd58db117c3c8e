//! One hub connection as a state machine without sockets and clocks.
//!
//! # Rules
//!
//! 1. Bytes and instants go in; events, replies and deadlines come out. Nothing here waits,
//!    reads a clock or knows a transport.
//! 2. Everything that moves the machine stands in this file. Where a message ends and what it
//!    says is decided by pure functions in [`protocol`](crate::protocol).
//! 3. After a failure, a rejection, a timeout or the client's Close nothing more comes out,
//!    whatever goes in.
//!
//! # Theory of operation
//!
//! A connection is in one of three states:
//!
//! ```text
//!              request accepted             Close, error, timeout, end
//!   Handshake ──────────────────▶ Open ─────────────────────────────────▶ Closed
//!       └───────────── rejected, timeout, end ────────────────────────────────▲
//! ```
//!
//! The driver calls [`handle_input`](Session::handle_input) with what it has read and takes events
//! from the [`Inbox`] for as long as it can serve them. When nothing is left over from before,
//! messages are read from the given bytes themselves. What the driver leaves, and what is only
//! part of a message, is kept in the tail; dropping the inbox in the middle is how a driver stops
//! reading, and `handle_input(now, &[])` is how it goes on. The tail holds memory only while it
//! holds bytes.
//!
//! Time is the driver's: it asks [`next_deadline`](Session::next_deadline) when to come back and
//! then calls [`handle_timeout`](Session::handle_timeout). Coming too early is harmless. Three
//! things can be due (SignalR wire specification, section 15):
//!
//! - the *handshake*, from the start of the transport, so that dribbling does not extend it;
//! - the *client timeout*, once the client has pinged, from the last whole message, so that dribbling
//!   does not extend it either. A driver that keeps the client waiting, because a method is running
//!   and the next call must not start, pauses it with
//!   [`pause_client_timeout`](Session::pause_client_timeout);
//! - the *keep-alive*, from the last ping and not from the last message; more often while the client
//!   timeout is paused, since a ping that fails is then the only sign that a client is gone.
//!
//! # Stateful reconnect
//!
//! On a connection that [may be resumed](Session::with_stateful_reconnect) and whose handshake is
//! of version 2, trackable messages are counted, and a fourth thing can be due: an Ack. The driver
//! that loses its transport [suspends](Session::suspend) the session, which stops its clocks, and
//! [resumes](Session::resume) it on the next transport. Messages that were handled before come out
//! as [`Event::Duplicate`]. The sending side is a [`Replay`], which belongs to the driver.
//!
//! Long polling has signs of life of its own: [`with_inherent_keep_alive`] switches the last two
//! off.
//!
//! [`with_inherent_keep_alive`]: Session::with_inherent_keep_alive

mod event;
mod open;
mod options;
mod receipts;
mod replay;
mod tail;

use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::protocol::handshake::{self, Agreement, HandshakeError};
use crate::protocol::{
    Encoded, Framing, FramingError, Message, Protocol, Received, TransferFormats,
};

use self::open::{Noted, Open};
use self::tail::Tail;

pub use self::event::{Event, SessionError, Timeout};
pub use self::options::SessionOptions;
pub use self::replay::Replay;

/// How often a client is pinged at least that is kept waiting.
const UNHEARD_KEEP_ALIVE: Duration = Duration::from_secs(4);

/// The receiving side of one hub connection, as a server sees it.
#[derive(Debug)]
pub struct Session {
    options: Arc<SessionOptions>,
    transport: TransferFormats,
    /// Whether the transport itself notices when a client is gone.
    inherent_keep_alive: bool,
    /// Whether stateful reconnect was negotiated.
    stateful_reconnect: bool,
    state: State,
    tail: Tail,
}

#[derive(Debug)]
enum State {
    Handshake {
        framing: Framing,
        /// `None` lies beyond what the clock can say: never.
        deadline: Option<Instant>,
    },
    Open(Open),
    Closed,
}

impl Session {
    /// A connection whose transport has just started and can carry `transport`.
    pub fn server(options: Arc<SessionOptions>, transport: TransferFormats, now: Instant) -> Self {
        let deadline = now.checked_add(options.handshake_timeout);
        Self {
            options,
            transport,
            inherent_keep_alive: false,
            stateful_reconnect: false,
            state: State::Handshake {
                framing: Framing::new(Protocol::Json),
                deadline,
            },
            tail: Tail::default(),
        }
    }

    /// Sends no pings and expects none: the transport has its own signs of life.
    #[must_use]
    pub fn with_inherent_keep_alive(mut self) -> Self {
        self.inherent_keep_alive = true;
        self
    }

    /// Allows stateful reconnect, which was negotiated. It takes a handshake of version 2 as well.
    #[must_use]
    pub fn with_stateful_reconnect(mut self) -> Self {
        self.stateful_reconnect = true;
        self
    }

    /// The protocol of hub messages, once the handshake is accepted.
    pub const fn protocol(&self) -> Option<Protocol> {
        match &self.state {
            State::Open(open) => Some(open.protocol),
            _ => None,
        }
    }

    /// Whether the handshake allows the connection to survive its transport.
    pub const fn is_resumable(&self) -> bool {
        matches!(&self.state, State::Open(open) if open.receipts.is_some())
    }

    /// Whether the session is over, so that nothing more will come out of it.
    pub const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Whether bytes are kept that have not been read: part of a message, or whole ones that a
    /// driver left in an [`Inbox`].
    pub fn has_unread_input(&self) -> bool {
        !self.tail.is_empty()
    }

    /// Takes bytes from the client, or none in order to go on with bytes that were left.
    #[inline]
    pub fn handle_input<'a>(
        &'a mut self,
        now: Instant,
        input: impl Into<Received<'a>>,
    ) -> Inbox<'a> {
        let mut inbox = Inbox {
            session: self,
            input: input.into(),
            now,
        };
        if !inbox.session.tail.is_empty() {
            inbox.keep_input();
        }
        inbox
    }

    /// The byte stream has ended; an error if it did so inside a message.
    pub fn handle_end(&mut self) -> Option<SessionError> {
        let incomplete = !self.is_closed() && !self.tail.is_empty();
        self.close();
        incomplete.then_some(SessionError::Incomplete)
    }

    /// The transport is gone, and another may follow: nothing is due until then. Messages that came
    /// whole can still be taken.
    pub fn suspend(&mut self) {
        if let State::Open(open) = &mut self.state {
            open.suspended = true;
        }
    }

    /// Goes on with another transport. What is left of the old one's bytes is dropped: the client
    /// sends again what was not acknowledged (section 17.5).
    pub fn resume(&mut self, now: Instant) {
        self.tail.clear();
        match &mut self.state {
            State::Handshake { framing, .. } => *framing = Framing::new(Protocol::Json),
            State::Open(open) => {
                open.framing = Framing::new(open.protocol);
                open.suspended = false;
                open.last_ping = now;
                open.last_message = now;
            }
            State::Closed => {}
        }
    }

    /// Ends the session from this side: nothing more comes out of it.
    pub fn close(&mut self) {
        self.state = State::Closed;
        self.tail.clear();
    }

    /// Says what is due at `now`, one thing for each call.
    pub fn handle_timeout(&mut self, now: Instant) -> Option<Timeout> {
        let client_deadline = self.client_deadline();
        let keep_alive_deadline = self.keep_alive_deadline();
        let ack_deadline = self.ack_deadline();
        match &mut self.state {
            State::Handshake { deadline, .. } if is_due(*deadline, now) => {
                let reply = HandshakeError::Canceled.reply(self.options.detailed_errors);
                self.close();
                Some(Timeout::Handshake { reply })
            }
            State::Open(_) if is_due(client_deadline, now) => {
                self.close();
                Some(Timeout::Client(SessionError::ClientTimeout))
            }
            State::Open(open) if is_due(keep_alive_deadline, now) => {
                open.last_ping = now;
                let ping = Encoded::ping(open.protocol);
                Some(Timeout::KeepAlive { ping })
            }
            State::Open(open) if is_due(ack_deadline, now) => {
                let receipts = open.receipts.as_mut()?;
                let ack = Encoded::ack(open.protocol, receipts.acknowledge(now));
                Some(Timeout::Ack { ack })
            }
            _ => None,
        }
    }

    /// When [`handle_timeout`](Self::handle_timeout) should be called next, if ever.
    pub fn next_deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Handshake { deadline, .. } => *deadline,
            State::Open(_) => {
                let deadlines = [
                    self.client_deadline(),
                    self.keep_alive_deadline(),
                    self.ack_deadline(),
                ];
                deadlines.into_iter().flatten().min()
            }
            State::Closed => None,
        }
    }

    /// Stops the client timeout while the driver keeps the client waiting.
    pub fn pause_client_timeout(&mut self) {
        if let State::Open(open) = &mut self.state {
            open.client_timeout_paused = true;
        }
    }

    /// Starts the client timeout anew if it was paused: the driver reads on.
    pub fn resume_client_timeout(&mut self, now: Instant) {
        if let State::Open(open) = &mut self.state
            && open.client_timeout_paused
        {
            open.client_timeout_paused = false;
            open.last_message = now;
        }
    }

    fn client_deadline(&self) -> Option<Instant> {
        match (&self.state, self.options.client_timeout_interval) {
            (State::Open(open), Some(interval))
                if open.client_pings
                    && !open.client_timeout_paused
                    && !open.suspended
                    && !self.inherent_keep_alive =>
            {
                open.last_message.checked_add(interval)
            }
            _ => None,
        }
    }

    fn keep_alive_deadline(&self) -> Option<Instant> {
        match (&self.state, self.options.keep_alive_interval) {
            (State::Open(open), Some(interval)) if !open.suspended && !self.inherent_keep_alive => {
                let interval = if open.client_timeout_paused {
                    interval.min(UNHEARD_KEEP_ALIVE)
                } else {
                    interval
                };
                open.last_ping.checked_add(interval)
            }
            _ => None,
        }
    }

    fn ack_deadline(&self) -> Option<Instant> {
        match &self.state {
            State::Open(open) if !open.suspended => open.receipts.as_ref()?.deadline(),
            _ => None,
        }
    }
}

/// The events in some input, taken one by one.
///
/// Dropping it keeps what has not been taken; see [`Session::handle_input`].
#[derive(Debug)]
#[must_use = "events that are not taken stay unread"]
pub struct Inbox<'a> {
    session: &'a mut Session,
    /// What is left of the given bytes; empty while there is a tail.
    input: Received<'a>,
    now: Instant,
}

/// Where the next message stands.
struct Found {
    body: Range<usize>,
    /// Length of the message with its separator or prefix.
    length: usize,
}

impl Inbox<'_> {
    /// The next event, or `None` when more bytes are needed.
    #[expect(
        clippy::should_implement_trait,
        reason = "the events borrow from the inbox"
    )]
    #[inline]
    pub fn next(&mut self) -> Option<Event<'_>> {
        self.session.tail.release();
        // Mostly a read has nothing behind its last message.
        if self.input.is_empty() && self.session.tail.is_empty() {
            return None;
        }
        self.read_next()
    }

    fn read_next(&mut self) -> Option<Event<'_>> {
        match self.find() {
            Ok(None) => None,
            Ok(Some(found)) => Some(self.take(&found)),
            Err(error) => Some(self.refuse(error)),
        }
    }

    #[inline]
    fn find(&mut self) -> Result<Option<Found>, FramingError> {
        let options = &self.session.options;
        let (framing, max) = match &mut self.session.state {
            State::Handshake { framing, .. } => {
                let max = options.maximum_receive_message_size;
                let max = max.map_or(handshake::MAX_SIZE, |max| max.min(handshake::MAX_SIZE));
                (framing, Some(max))
            }
            State::Open(open) => (&mut open.framing, options.maximum_receive_message_size),
            State::Closed => return Ok(None),
        };
        let bytes = if self.session.tail.is_empty() {
            self.input.bytes()
        } else {
            self.session.tail.unread()
        };
        let frame = framing.next(bytes, max)?;
        Ok(frame.map(|frame| Found {
            body: frame.start..frame.start + frame.body.len(),
            length: frame.end,
        }))
    }

    /// Moves past the message and reads it.
    #[inline]
    fn take(&mut self, found: &Found) -> Event<'_> {
        let Inbox {
            session,
            input,
            now,
        } = self;
        let Session {
            options,
            transport,
            stateful_reconnect,
            state,
            tail,
            ..
        } = &mut **session;
        let body = if tail.is_empty() {
            let (message, rest) = input.split_at(found.length);
            *input = rest;
            message.slice(found.body.clone())
        } else {
            tail.advance(found.length);
            tail.before(found.length, found.body.clone()).into()
        };
        match state {
            State::Handshake { .. } => {
                let agreed = agree(body.bytes(), options, *transport);
                state.shake_hands(agreed, *stateful_reconnect, options, *now)
            }
            State::Open(open) => {
                let read = Message::parse(open.protocol, body);
                let noted = match &read {
                    Ok(message) => open.note(message, *now),
                    // Whatever came behind it could not be trusted.
                    Err(_) => Noted::Last,
                };
                if matches!(noted, Noted::Last | Noted::Lost) {
                    *state = State::Closed;
                }
                match noted {
                    Noted::Known => Event::Duplicate,
                    Noted::Lost => Event::Failed(SessionError::MessagesLost),
                    Noted::New | Noted::Last => match read {
                        Ok(message) => Event::Message(message),
                        Err(error) => Event::Failed(error.into()),
                    },
                }
            }
            State::Closed => unreachable!("nothing is found once the session is closed"),
        }
    }

    #[cold]
    fn refuse(&mut self, error: FramingError) -> Event<'static> {
        let in_handshake = matches!(self.session.state, State::Handshake { .. });
        self.session.close();
        if in_handshake {
            // More than a handshake may have, and still no end of it.
            rejected(HandshakeError::Canceled, &self.session.options)
        } else {
            Event::Failed(error.into())
        }
    }

    /// Moves what is left of the input behind the tail.
    #[inline]
    fn keep_input(&mut self) {
        self.session.tail.append(self.input.bytes());
        self.input = Received::Bytes(&[]);
    }
}

impl State {
    /// What comes of the client's handshake.
    #[cold]
    fn shake_hands(
        &mut self,
        agreed: Result<Agreement, HandshakeError>,
        stateful_reconnect: bool,
        options: &SessionOptions,
        now: Instant,
    ) -> Event<'static> {
        match agreed {
            Ok(agreement) => {
                let resumable = stateful_reconnect && agreement.version >= 2;
                *self = Self::Open(Open::new(agreement, resumable, now));
                Event::HandshakeAccepted {
                    protocol: agreement.protocol,
                    version: agreement.version,
                    reply: handshake::ACCEPTED,
                    resumable,
                }
            }
            Err(error) => {
                *self = Self::Closed;
                rejected(error, options)
            }
        }
    }
}

impl Drop for Inbox<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.session.is_closed() {
            self.session.tail.clear();
        } else {
            self.session.tail.release();
            self.keep_input();
        }
    }
}

fn is_due(deadline: Option<Instant>, now: Instant) -> bool {
    deadline.is_some_and(|deadline| deadline <= now)
}

fn agree(
    body: &[u8],
    options: &SessionOptions,
    transport: TransferFormats,
) -> Result<Agreement, HandshakeError> {
    handshake::parse_request(body)?.accept(options.protocols, transport)
}

fn rejected(error: HandshakeError, options: &SessionOptions) -> Event<'static> {
    Event::HandshakeRejected {
        reply: error.reply(options.detailed_errors),
        error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing is held while a connection is idle, however its bytes came and were taken.
    #[test]
    fn an_idle_session_holds_no_memory() {
        const INPUT: &[u8] = b"{\"protocol\":\"json\",\"version\":1}\x1e{\"type\":6}\x1e";
        let now = Instant::now();
        for split in 0..=INPUT.len() {
            let mut session = Session::server(Arc::default(), TransferFormats::TextAndBinary, now);
            let mut events = 0;
            for bytes in [&INPUT[..split], &INPUT[split..]] {
                let mut inbox = session.handle_input(now, bytes);
                // The inbox is not asked again after the last event.
                while events < 2 && inbox.next().is_some() {
                    events += 1;
                }
            }
            assert_eq!(
                (events, session.tail.capacity()),
                (2, 0),
                "split at {split}"
            );
        }
    }

    #[test]
    fn a_closed_session_holds_no_memory() {
        let now = Instant::now();
        let mut session = Session::server(Arc::default(), TransferFormats::TextAndBinary, now);
        let inbox = session.handle_input(now, b"{\"protocol\":");
        drop(inbox);
        assert!(session.tail.capacity() > 0);
        while session
            .handle_input(now, b"x}\x1e{\"type\":6}\x1e")
            .next()
            .is_some()
        {}
        assert_eq!((session.is_closed(), session.tail.capacity()), (true, 0));
    }
}
