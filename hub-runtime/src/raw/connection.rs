use super::message::RawMessage;
use crate::connections::Head;
use crate::identity::Ticket;
use hub_core::User;
use hub_core::negotiate::TransportType;
use smol_str::SmolStr;
use std::fmt;
use std::sync::Arc;
use tokio::sync::mpsc;

/// A connection without the hub protocol, as its handler has it (SignalR's `ConnectionContext`).
///
/// It lives as long as the handler's future. Both directions hold back whoever is too fast: a
/// client is not read while the handler does not [`receive`](Self::receive), and
/// [`send`](Self::send) waits for a client that does not read.
#[derive(Debug)]
pub struct RawConnection {
    pub(super) received: mpsc::Receiver<RawMessage>,
    pub(super) sender: RawSender,
    pub(super) about: Box<About>,
}

/// What is known of the connection.
#[derive(Debug)]
pub(super) struct About {
    pub(super) ticket: Option<Arc<Ticket>>,
    pub(super) head: Head,
}

impl RawConnection {
    /// The public id of the connection; new for each.
    #[must_use]
    pub fn connection_id(&self) -> &str {
        &self.sender.shared.id
    }

    /// Who the connection belongs to, as the server's
    /// [`identify`](crate::HubsBuilder::identify) found it.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.about.ticket.as_deref().map(Ticket::user)
    }

    /// The request that opened the connection: headers, query, extensions.
    #[must_use]
    pub fn http(&self) -> &http::request::Parts {
        self.about.head.parts()
    }

    /// How the connection is carried.
    #[must_use]
    pub fn transport(&self) -> TransportType {
        self.sender.shared.transport
    }

    /// The next message, or piece of the stream: see [`RawMessage`]. `None` once the client is
    /// gone, has broken the rules of its transport, its user's time is over, or the server shuts down; the handler should
    /// end then, and has [`abort_grace_period`](super::ConnectionOptions::abort_grace_period) to
    /// do so.
    ///
    /// Nothing is lost when the future is dropped before its end.
    pub async fn receive(&mut self) -> Option<RawMessage> {
        self.received.recv().await
    }

    /// Hands a message over to be written, once there is room for it. That says nothing about its
    /// arrival.
    ///
    /// # Errors
    ///
    /// [`RawSendError`].
    pub async fn send(&self, message: impl Into<RawMessage>) -> Result<(), RawSendError> {
        self.sender.send(message).await
    }

    /// The sending side for another task. Sends fail once the connection's handler has ended.
    #[must_use]
    pub fn sender(&self) -> RawSender {
        self.sender.clone()
    }
}

/// The sending side of a [`RawConnection`]. A cheap clone.
#[derive(Clone)]
pub struct RawSender {
    pub(super) messages: mpsc::Sender<RawMessage>,
    pub(super) shared: Arc<Shared>,
}

/// What all senders of a connection know.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) id: SmolStr,
    pub(super) transport: TransportType,
}

impl RawSender {
    /// See [`RawConnection::send`].
    ///
    /// # Errors
    ///
    /// [`RawSendError`].
    pub async fn send(&self, message: impl Into<RawMessage>) -> Result<(), RawSendError> {
        let message = message.into();
        if self.shared.transport == TransportType::ServerSentEvents && !message.is_utf8() {
            return Err(RawSendError::NotText);
        }
        let sent = self.messages.send(message).await;
        sent.map_err(|_| RawSendError::Closed)
    }

    /// Ends when nothing can be sent any more.
    pub async fn closed(&self) {
        self.messages.closed().await;
    }
}

impl fmt::Debug for RawSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RawSender").field(&self.shared.id).finish()
    }
}

/// A message that cannot be sent over a [`RawConnection`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RawSendError {
    /// The connection is over.
    #[error("the connection is closed")]
    Closed,
    /// Server-Sent Events carry text only, and the bytes are not UTF-8.
    #[error("Server-Sent Events carry text only")]
    NotText,
}
