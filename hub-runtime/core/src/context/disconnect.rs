use super::close::CloseMessage;
use std::fmt;

/// Why a connection ended: what `on_disconnected` is told. `Display` is a sentence for logs.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DisconnectReason {
    /// The client said goodbye, with an error text if it had one.
    ClientClosed(Option<String>),
    /// The transport ended without a goodbye: a closed tab, a lost network.
    ConnectionLost,
    /// The application called `abort`, or `close` with this message.
    Aborted(CloseMessage),
    /// The server is shutting down.
    ServerShutdown,
    /// The client was silent for longer than the client timeout interval.
    ClientTimeout,
    /// The client sent something that no client may send. The text is for logs.
    ProtocolError(String),
    /// The time was over for which its user had proved to be who it is
    /// (`close_on_authentication_expiration`). The client may come back with a new proof.
    AuthenticationExpired,
    /// The client did not read what was sent to it: its queue was full, or a write took too long.
    SlowConsumer,
}

impl DisconnectReason {
    /// Whether the connection ended as it should (SignalR passes a null exception then).
    pub fn is_normal(&self) -> bool {
        matches!(
            self,
            Self::ClientClosed(None)
                | Self::ConnectionLost
                | Self::Aborted(_)
                | Self::ServerShutdown
                | Self::AuthenticationExpired
        )
    }
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClientClosed(None) => f.write_str("the client closed the connection"),
            Self::ClientClosed(Some(error)) => {
                write!(f, "the client closed the connection with an error: {error}")
            }
            Self::ConnectionLost => f.write_str("the connection was lost"),
            Self::Aborted(message) => match message.error_text() {
                None => f.write_str("the application aborted the connection"),
                Some(text) => write!(f, "the application closed the connection: {text}"),
            },
            Self::ServerShutdown => f.write_str("the server is shutting down"),
            Self::ClientTimeout => f.write_str("the client was silent for too long"),
            Self::ProtocolError(detail) => write!(f, "the client broke the protocol: {detail}"),
            Self::AuthenticationExpired => f.write_str("the user's authentication has expired"),
            Self::SlowConsumer => f.write_str("the client did not read what was sent to it"),
        }
    }
}
