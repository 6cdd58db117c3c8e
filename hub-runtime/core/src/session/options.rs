//! What a session allows and how long it waits.

use std::time::Duration;

use crate::protocol::Protocols;

/// Settings of a hub's connections, with SignalR's names and defaults
/// (SignalR wire specification, section 15).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SessionOptions {
    /// How long a client may take for its handshake, from the start of the transport. 15 s.
    pub handshake_timeout: Duration,
    /// How long a client that has sent a ping once may be silent. 30 s; `None` is for ever.
    ///
    /// It should be at least twice the interval in which clients ping.
    pub client_timeout_interval: Option<Duration>,
    /// How often the server pings. 15 s; `None` is never.
    pub keep_alive_interval: Option<Duration>,
    /// Longest message a client may send, in bytes, its separator or length included. 32 KiB;
    /// `None` is as long as it likes, which lets every client fill the memory.
    pub maximum_receive_message_size: Option<usize>,
    /// The hub protocols a client may choose. JSON.
    pub protocols: Protocols,
    /// Whether clients may see what exactly went wrong. They may not.
    pub detailed_errors: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self {
            handshake_timeout: Duration::from_secs(15),
            client_timeout_interval: Some(Duration::from_secs(30)),
            keep_alive_interval: Some(Duration::from_secs(15)),
            maximum_receive_message_size: Some(32 * 1024),
            protocols: Protocols::default(),
            detailed_errors: false,
        }
    }
}
