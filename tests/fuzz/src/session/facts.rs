//! What is known of a session from outside.

use std::time::{Duration, Instant};

use hub_core::bytes::Bytes;
use hub_core::protocol::handshake::{self, HandshakeResponseError};
use hub_core::protocol::{Encoded, Message, Protocol};
use hub_core::session::{Event, Replay, SessionError, Timeout};

const HANDSHAKE: Duration = Duration::from_secs(15);
pub(super) const CLIENT_TIMEOUT: Duration = Duration::from_secs(30);
/// How often a server pings.
pub(super) const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// How often it pings a client that it does not listen to.
const UNHEARD_KEEP_ALIVE: Duration = Duration::from_secs(4);
const ACK_INTERVAL: Duration = Duration::from_secs(1);

#[expect(clippy::struct_excessive_bools, reason = "they are independent facts")]
pub(super) struct Facts {
    pub(super) state: State,
    /// No transport carries the connection.
    pub(super) suspended: bool,
    settings: Settings,
    paused: bool,
    client_pings: bool,
    begin: Instant,
    /// When the last whole message came: a part of one does not break the silence.
    last_message: Instant,
    last_ping: Instant,
    last_ack: Instant,
    /// So many messages count for stateful reconnect.
    counted: u64,
    /// The number of the next one, be it new or not.
    next: u64,
    owes_ack: bool,
    sent: Sent,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    Handshake,
    Open { protocol: Protocol, resumable: bool },
    Closed,
}

/// What is so from the begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Settings {
    /// The transport has its own signs of life.
    pub(super) inherent_keep_alive: bool,
    pub(super) stateful_reconnect: bool,
    /// A client's silence has an end.
    pub(super) client_timeout: bool,
}

impl Facts {
    pub(super) fn new(now: Instant, settings: Settings) -> Self {
        Self {
            state: State::Handshake,
            suspended: false,
            settings,
            paused: false,
            client_pings: false,
            begin: now,
            last_message: now,
            last_ping: now,
            last_ack: now,
            counted: 0,
            next: 1,
            owes_ack: false,
            sent: Sent::default(),
        }
    }

    pub(super) fn protocol(&self) -> Option<Protocol> {
        match self.state {
            State::Open { protocol, .. } => Some(protocol),
            _ => None,
        }
    }

    pub(super) fn is_resumable(&self) -> bool {
        matches!(
            self.state,
            State::Open {
                resumable: true,
                ..
            }
        )
    }

    /// Whether something will be due, if nothing else happens.
    pub(super) fn must_wake(&self) -> bool {
        match self.state {
            State::Handshake => true,
            State::Open { .. } => {
                !self.suspended && (!self.settings.inherent_keep_alive || self.owes_ack)
            }
            State::Closed => false,
        }
    }

    /// Whether something is due that has not been said.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        match self.state {
            State::Handshake => now >= self.begin + HANDSHAKE,
            State::Open { .. } if self.suspended => false,
            State::Open { .. } => {
                self.is_silent(now) || self.ping_is_due(now) || self.ack_is_due(now)
            }
            State::Closed => false,
        }
    }

    fn is_silent(&self, now: Instant) -> bool {
        let counts = self.settings.client_timeout && !self.settings.inherent_keep_alive;
        counts && self.client_pings && !self.paused && now >= self.last_message + CLIENT_TIMEOUT
    }

    fn ping_is_due(&self, now: Instant) -> bool {
        let interval = if self.paused {
            UNHEARD_KEEP_ALIVE
        } else {
            KEEP_ALIVE
        };
        !self.settings.inherent_keep_alive && now >= self.last_ping + interval
    }

    fn ack_is_due(&self, now: Instant) -> bool {
        self.owes_ack && now >= self.last_ack + ACK_INTERVAL
    }

    pub(super) fn suspend(&mut self) {
        self.suspended = matches!(self.state, State::Open { .. });
    }

    pub(super) fn resume(&mut self, now: Instant) {
        self.suspended = false;
        (self.last_message, self.last_ping) = (now, now);
    }

    pub(super) fn pause(&mut self) {
        self.paused = matches!(self.state, State::Open { .. });
    }

    pub(super) fn go_on(&mut self, now: Instant) {
        if self.paused {
            self.last_message = now;
        }
        self.paused = false;
    }

    pub(super) fn event(&mut self, now: Instant, event: &Event<'_>) {
        match (event, self.state) {
            (
                Event::HandshakeAccepted {
                    protocol,
                    version,
                    reply,
                    resumable,
                },
                State::Handshake,
            ) => {
                assert_eq!(*reply, handshake::ACCEPTED);
                assert_eq!(
                    *resumable,
                    self.settings.stateful_reconnect && *version == 2
                );
                self.state = State::Open {
                    protocol: *protocol,
                    resumable: *resumable,
                };
                (self.last_message, self.last_ping, self.last_ack) = (now, now, now);
            }
            (Event::HandshakeRejected { reply, .. }, State::Handshake) => self.rejected(reply),
            (Event::Message(message), State::Open { .. }) => {
                self.last_message = now;
                self.message(message);
            }
            (Event::Duplicate, State::Open { resumable, .. }) => {
                assert!(resumable && self.next <= self.counted);
                self.last_message = now;
                self.next += 1;
                // The Ack may have been lost.
                self.owes_ack = true;
            }
            (Event::Failed(error), State::Open { resumable, .. }) => {
                assert!(resumable || *error != SessionError::MessagesLost);
                assert!(error.to_string().len() < 300);
                self.state = State::Closed;
            }
            _ => panic!("{event:?} in {:?}", self.state),
        }
    }

    fn message(&mut self, message: &Message<'_>) {
        match message {
            Message::Ping => self.client_pings = true,
            Message::Close { .. } => self.state = State::Closed,
            Message::Ack(number) => self.sent.acknowledge(*number),
            Message::Sequence(number) if self.is_resumable() => {
                assert!(*number <= self.counted + 1, "messages are lost");
                self.next = *number;
            }
            _ => {}
        }
        if self.is_resumable() && message.is_trackable() {
            self.counted += 1;
            assert_eq!(self.next, self.counted);
            self.next += 1;
            self.owes_ack = true;
            // Somebody answers.
            self.sent.push();
        }
    }

    fn rejected(&mut self, reply: &[u8]) {
        let body = reply.strip_suffix(b"\x1e").expect("a separator ends it");
        let response = handshake::parse_response(body);
        assert!(matches!(response, Err(HandshakeResponseError::Rejected(_))));
        self.state = State::Closed;
    }

    pub(super) fn timeout(&mut self, now: Instant, timeout: &Timeout) {
        assert!(!self.suspended);
        match (timeout, self.state) {
            (Timeout::Handshake { reply }, State::Handshake) => {
                assert!(now >= self.begin + HANDSHAKE);
                self.rejected(reply);
            }
            (Timeout::Client(error), State::Open { .. }) => {
                assert_eq!(*error, SessionError::ClientTimeout);
                assert!(self.is_silent(now));
                self.state = State::Closed;
            }
            (Timeout::KeepAlive { ping }, State::Open { protocol, .. }) => {
                assert_eq!(*ping, Encoded::ping(protocol));
                assert!(self.ping_is_due(now));
                self.last_ping = now;
            }
            (Timeout::Ack { ack }, State::Open { protocol, .. }) => {
                assert_eq!(*ack, Encoded::ack(protocol, self.counted));
                assert!(self.ack_is_due(now));
                self.last_ack = now;
                self.owes_ack = false;
            }
            _ => panic!("{timeout:?} in {:?}", self.state),
        }
    }
}

/// What was sent to a client that acknowledges as it likes.
struct Sent {
    replay: Replay,
    total: u64,
    acknowledged: u64,
}

impl Default for Sent {
    fn default() -> Self {
        Self {
            replay: Replay::new(256),
            total: 0,
            acknowledged: 0,
        }
    }
}

impl Sent {
    fn push(&mut self) {
        self.replay
            .push(Bytes::from(b"an answer".as_slice()).into());
        self.total += 1;
        self.check();
    }

    fn acknowledge(&mut self, through: u64) {
        self.replay.acknowledge(through);
        self.acknowledged = self.acknowledged.max(through.min(self.total));
        self.check();
    }

    fn check(&self) {
        let kept = self.total - self.acknowledged;
        assert_eq!(self.replay.first_number(), self.acknowledged + 1);
        assert_eq!(self.replay.unacknowledged().count() as u64, kept);
        assert_eq!(self.replay.is_empty(), kept == 0);
    }
}
