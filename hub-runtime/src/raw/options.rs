use crate::connections::AllowedOrigins;
use crate::server::{EndpointOptions, sweep_interval};
use hub_core::contract::Authorize;
use hub_core::negotiate::Transports;
use std::time::Duration;

/// Settings of connections without the hub protocol, with SignalR's names and defaults where it
/// has them (`HttpConnectionDispatcherOptions`). Set with
/// [`HubsBuilder::connection_handler_with`](crate::HubsBuilder::connection_handler_with).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectionOptions {
    /// What clients may connect with (`Transports`). Default all three.
    pub transports: Transports,
    /// See [`HubOptions::dangerous_enable_compression`](crate::HubOptions::dangerous_enable_compression).
    #[cfg(feature = "deflate")]
    pub dangerous_enable_compression: bool,
    /// How long a poll waits for bytes (`LongPolling.PollTimeout`). Default 90 s.
    pub long_polling_poll_timeout: Duration,
    /// The lowest negotiate version that is served. Default 0.
    pub minimum_protocol_version: u32,
    /// The origins whose pages may open a WebSocket. Default: the server's own, and any for requests
    /// without a cookie. Not a SignalR option.
    pub allowed_origins: AllowedOrigins,
    /// What every request has to fulfil (`AuthorizationData`): all of it. Default: nothing.
    pub authorization: Vec<Authorize>,
    /// Whether a connection ends when its user's proof does (`CloseOnAuthenticationExpiration`): the
    /// handler receives nothing more, as when the server shuts down. Default `false`.
    pub close_on_authentication_expiration: bool,
    /// See [`HubOptions::maximum_connections`](crate::HubOptions::maximum_connections). Default `None`.
    pub maximum_connections: Option<usize>,
    /// The largest WebSocket message a client may send. Default 65 536 bytes, which is SignalR's
    /// `ApplicationMaxBufferSize`. A larger one ends the connection with close code 1009.
    pub maximum_message_size: usize,
    /// How long a WebSocket client may be silent before it is sent a ping; after twice that time
    /// without a sign of life the connection ends (`WebSocketOptions.KeepAliveInterval` and
    /// `KeepAliveTimeout`). Default 15 s. The other transports have no such check: there a client
    /// that is gone is noticed by a write that fails, or by the poll that does not come.
    pub keep_alive_interval: Duration,
    /// How long a write may wait for the client to read (`TransportSendTimeout`). Default 10 s;
    /// then the connection ends.
    pub transport_send_timeout: Duration,
    /// How long to wait for the client's close frame (`WebSockets.CloseTimeout`). Default 5 s.
    pub close_timeout: Duration,
    /// How long a connection may be without a transport (`DisconnectTimeout`): after its
    /// negotiation, or between two polls. Default 15 s.
    pub disconnect_timeout: Duration,
    /// How long a handler may go on after its client is gone, or the server has begun to shut
    /// down; then it is dropped. Default 3 s. Not a SignalR option.
    pub abort_grace_period: Duration,
}

impl Default for ConnectionOptions {
    fn default() -> Self {
        Self {
            transports: Transports::ALL,
            #[cfg(feature = "deflate")]
            dangerous_enable_compression: false,
            long_polling_poll_timeout: Duration::from_secs(90),
            minimum_protocol_version: 0,
            allowed_origins: AllowedOrigins::default(),
            authorization: Vec::new(),
            close_on_authentication_expiration: false,
            maximum_connections: None,
            maximum_message_size: 65_536,
            keep_alive_interval: Duration::from_secs(15),
            transport_send_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
            disconnect_timeout: Duration::from_secs(15),
            abort_grace_period: Duration::from_secs(3),
        }
    }
}

impl ConnectionOptions {
    /// What of these settings matters while a request is answered.
    pub(crate) fn endpoint(&self) -> EndpointOptions {
        EndpointOptions {
            transports: self.transports,
            #[cfg(feature = "deflate")]
            dangerous_enable_compression: self.dangerous_enable_compression,
            long_polling_poll_timeout: self.long_polling_poll_timeout,
            minimum_protocol_version: self.minimum_protocol_version,
            allowed_origins: self.allowed_origins.clone(),
            authorization: self.authorization.clone(),
        }
    }

    /// How often unused tokens and polls that do not come are looked for.
    pub(crate) fn sweep_interval(&self) -> Duration {
        sweep_interval(self.disconnect_timeout)
    }
}
