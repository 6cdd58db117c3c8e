//! A session whose handshake is over.

use std::time::Instant;

use super::receipts::Receipts;
use crate::protocol::handshake::Agreement;
use crate::protocol::{Framing, Message, Protocol};

#[derive(Debug)]
pub(super) struct Open {
    pub(super) protocol: Protocol,
    pub(super) framing: Framing,
    /// When the last ping was sent, or the handshake accepted.
    pub(super) last_ping: Instant,
    /// When the client's last message was taken; counts from its first ping on.
    pub(super) last_message: Instant,
    /// Whether the client has pinged, so that its silence means something.
    pub(super) client_pings: bool,
    /// Whether it is the driver who keeps the client waiting.
    pub(super) client_timeout_paused: bool,
    /// Counts what comes, where the connection can be resumed.
    pub(super) receipts: Option<Box<Receipts>>,
    /// Whether no transport carries the connection at present.
    pub(super) suspended: bool,
}

/// What a message means for its session.
pub(super) enum Noted {
    New,
    /// It has been handled before.
    Known,
    /// The client's Close: nothing comes after it.
    Last,
    /// The client has forgotten messages that never came.
    Lost,
}

impl Open {
    pub(super) fn new(agreement: Agreement, resumable: bool, now: Instant) -> Self {
        Self {
            protocol: agreement.protocol,
            framing: Framing::new(agreement.protocol),
            last_ping: now,
            last_message: now,
            client_pings: false,
            client_timeout_paused: false,
            receipts: resumable.then(|| Box::new(Receipts::new(now))),
            suspended: false,
        }
    }

    /// Notes a message before anybody handles it.
    #[inline]
    pub(super) fn note(&mut self, message: &Message<'_>, now: Instant) -> Noted {
        self.last_message = now;
        let (fits, otherwise) = match (message, &mut self.receipts) {
            (Message::Close { .. }, _) => return Noted::Last,
            (Message::Ping, _) => {
                self.client_pings = true;
                return Noted::New;
            }
            (Message::Sequence(number), Some(receipts)) => {
                (receipts.go_on_with(*number), Noted::Lost)
            }
            (message, Some(receipts)) if message.is_trackable() => (receipts.take(), Noted::Known),
            _ => return Noted::New,
        };
        if fits { Noted::New } else { otherwise }
    }
}
