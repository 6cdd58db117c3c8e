//! What is known of a session from outside.

use std::time::{Duration, Instant};

use hub_core::bytes::Bytes;
use hub_core::protocol::handshake::{self, HandshakeResponseError};
use hub_core::protocol::{Encoded, Message, Protocol};
use hub_core::session::{Event, Replay, SessionError, Timeout};

use super::watched::KEEP_ALIVE;

const HANDSHAKE: Duration = Duration::from_secs(15);
pub(super) const CLIENT_TIMEOUT: Duration = Duration::from_secs(30);
const ACK_INTERVAL: Duration = Duration::from_secs(1);

#[expect(clippy::struct_excessive_bools, reason = "they are independent facts")]
pub(super) struct Facts {
    pub(super) state: State,
    /// No transport carries the connection.
    pub(super) suspended: bool,
    /// The transport has its own signs of life.
    inherent_keep_alive: bool,
    stateful_reconnect: bool,
    paused: bool,
    client_pings: bool,
    begin: Instant,
    last_input: Instant,
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

impl Facts {
    pub(super) fn new(now: Instant, inherent_keep_alive: bool, stateful_reconnect: bool) -> Self {
        Self {
            state: State::Handshake,
            suspended: false,
            inherent_keep_alive,
            stateful_reconnect,
            paused: false,
            client_pings: false,
            begin: now,
            last_input: now,
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
            State::Open { .. } => !self.suspended && (!self.inherent_keep_alive || self.owes_ack),
            State::Closed => false,
        }
    }

    pub(super) fn input(&mut self, now: Instant, bytes: &[u8]) {
        if !bytes.is_empty() {
            self.last_input = now;
        }
    }

    pub(super) fn suspend(&mut self) {
        self.suspended = matches!(self.state, State::Open { .. });
    }

    pub(super) fn resume(&mut self, now: Instant) {
        self.suspended = false;
        (self.last_input, self.last_ping) = (now, now);
    }

    pub(super) fn pause(&mut self) {
        self.paused = matches!(self.state, State::Open { .. });
    }

    pub(super) fn go_on(&mut self, now: Instant) {
        if self.paused {
            self.last_input = now;
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
                assert_eq!(*resumable, self.stateful_reconnect && *version == 2);
                self.state = State::Open {
                    protocol: *protocol,
                    resumable: *resumable,
                };
                (self.last_input, self.last_ping, self.last_ack) = (now, now, now);
            }
            (Event::HandshakeRejected { reply, .. }, State::Handshake) => self.rejected(reply),
            (Event::Message(message), State::Open { .. }) => self.message(message),
            (Event::Duplicate, State::Open { resumable, .. }) => {
                assert!(resumable && self.next <= self.counted);
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
                assert!(*number <= self.next, "messages are lost");
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
        match (timeout, self.state) {
            (Timeout::Handshake { reply }, State::Handshake) => {
                assert!(now >= self.begin + HANDSHAKE);
                self.rejected(reply);
            }
            (Timeout::Client(error), State::Open { .. }) if self.expects_signs_of_life() => {
                assert_eq!(*error, SessionError::ClientTimeout);
                assert!(self.client_pings && !self.paused);
                assert!(now >= self.last_input + CLIENT_TIMEOUT);
                self.state = State::Closed;
            }
            (Timeout::KeepAlive { ping }, State::Open { protocol, .. })
                if self.expects_signs_of_life() =>
            {
                assert_eq!(*ping, Encoded::ping(protocol));
                assert!(now >= self.last_ping + KEEP_ALIVE);
                self.last_ping = now;
            }
            (
                Timeout::Ack { ack },
                State::Open {
                    protocol,
                    resumable,
                },
            ) => {
                assert!(resumable && !self.suspended && self.owes_ack);
                assert_eq!(*ack, Encoded::ack(protocol, self.counted));
                assert!(now >= self.last_ack + ACK_INTERVAL);
                self.last_ack = now;
                self.owes_ack = false;
            }
            _ => panic!("{timeout:?} in {:?}", self.state),
        }
    }

    fn expects_signs_of_life(&self) -> bool {
        !self.suspended && !self.inherent_keep_alive
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
