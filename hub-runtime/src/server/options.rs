use super::contracts::ContractMismatch;
use crate::connections::AllowedOrigins;
use crate::driver::SlowClient;
use crate::filters::HubFilters;
use hub_core::contract::Authorize;
use hub_core::negotiate::Transports;
use std::time::Duration;

/// Settings of a hub, with SignalR's names and defaults.
///
/// Set for all hubs with [`HubsBuilder::options`](crate::HubsBuilder::options), and for one with
/// [`HubsBuilder::hub_with`](crate::HubsBuilder::hub_with), which starts from the common ones.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are SignalR's, and independent"
)]
pub struct HubOptions {
    /// Time for the client's handshake, from the start of the transport. Default 15 s.
    pub handshake_timeout: Duration,
    /// Time between the server's pings. Default 15 s; checked once a second.
    pub keep_alive_interval: Duration,
    /// How long a client may be silent, which part of a message does not break. Default 30 s. Should
    /// be at least twice the client's own keep-alive interval. Armed by the client's first ping.
    pub client_timeout_interval: Duration,
    /// The largest message a client may send, with its framing. Default 32 768 bytes; `None` for
    /// no limit.
    pub maximum_receive_message_size: Option<usize>,
    /// Connections that the hub may have, by all its paths together. Default `None`: only
    /// [`ConnectionLimits`](crate::ConnectionLimits) bounds them, for all hubs together. Beyond it a
    /// request is answered with 503 and a text that clients show. Not a SignalR option.
    pub maximum_connections: Option<usize>,
    /// Groups that one connection may be in. Default 1000, with which a connection costs less than
    /// 1 MiB for them.
    /// Joining a further one fails with
    /// [`SendError::TooManyGroups`](crate::SendError::TooManyGroups). Not a SignalR option.
    pub maximum_groups_per_connection: usize,
    /// The longest name of a group, in bytes. Default 256. A connection that is to join a longer
    /// one fails with [`SendError::GroupNameTooLong`](crate::SendError::GroupNameTooLong): where
    /// clients choose names, those are memory too. Not a SignalR option.
    pub maximum_group_name_length: usize,
    /// How many plain calls of one connection run beside each other. Default 1, which also means
    /// that answers come in the order of the calls. Streams do not count.
    pub maximum_parallel_invocations_per_client: usize,
    /// How many calls of one connection may stream beside each other, in either direction: those that
    /// answer with a stream, and those with uploads. Default 100, as many as HTTP/2 has requests in
    /// Kestrel. A further one fails with a text that its caller reads. Not a SignalR option, which
    /// has no limit.
    pub maximum_parallel_streams_per_client: usize,
    /// How many items of an upload may wait for the method that reads them. Default 10.
    pub stream_buffer_capacity: usize,
    /// Whether clients read the name and text of every error. Default `false`: only the texts of
    /// [`HubError::new`](crate::HubError::new).
    pub enable_detailed_errors: bool,
    /// How long a write may wait for the client to read, at most (SignalR's
    /// `TransportSendTimeout`). Default 10 s, of which the last one may be cut short; then the
    /// connection ends.
    pub transport_send_timeout: Duration,
    /// How long to wait for the client's close frame (`WebSockets.CloseTimeout`). Default 5 s.
    pub close_timeout: Duration,
    /// How long a connection may be without a transport (`DisconnectTimeout`): after its
    /// negotiation, between two polls, or until a stateful reconnect. Default 15 s.
    pub disconnect_timeout: Duration,
    /// What clients may connect with (`Transports`). Default all three; a client tries them in the
    /// order WebSockets, Server-Sent Events, long polling.
    pub transports: Transports,
    /// Whether long WebSocket messages are compressed, for clients that offer it: browsers and most
    /// others do (`WebSocketAcceptContext.DangerousEnableCompression`). Default `false`. Needs the
    /// feature `deflate`; see [the guide](crate::guide::connections#compression) for what it costs.
    ///
    /// Dangerous where a message holds a secret together with text that an attacker chooses: under
    /// TLS too, its length tells whether the one resembles the other (the attacks CRIME and BREACH).
    #[cfg(feature = "deflate")]
    pub dangerous_enable_compression: bool,
    /// How long a poll waits for messages (`LongPolling.PollTimeout`). Default 90 s.
    pub long_polling_poll_timeout: Duration,
    /// The lowest negotiate version that is served. Default 0.
    pub minimum_protocol_version: u32,
    /// The origins whose pages may open a WebSocket. Default: the server's own, and any for requests
    /// without a cookie. Not a SignalR option, which checks nothing.
    pub allowed_origins: AllowedOrigins,
    /// What every request has to fulfil (`AuthorizationData`, and `RequireAuthorization` of a
    /// route), besides what `#[authorize]` of the contract asks: all of it. Default: nothing.
    ///
    /// ```
    /// # use hub_runtime::prelude::*;
    /// # #[hub] pub trait ChatHub {}
    /// # struct Chat;
    /// # impl ChatHub for Chat {}
    /// use hub_runtime::{Authorize, Hubs};
    ///
    /// let hubs = Hubs::builder()
    ///     .identify(|request| Some(User::new(request.headers.get("x-user")?.to_str().ok()?)))
    ///     .hub_with::<dyn ChatHub>("/hubs/chat", Chat, |options| {
    ///         options.authorization.push(Authorize::new().roles(&["STAFF"]));
    ///     })
    ///     .build();
    /// # assert!(hubs.is_ok());
    /// ```
    pub authorization: Vec<Authorize>,
    /// Whether a connection ends when its user's proof does, as
    /// [`Authentication::expires_at`](crate::Authentication::expires_at) said
    /// (`CloseOnAuthenticationExpiration`). Default `false`. Looked at once a second; each poll and
    /// each stateful reconnect brings a new time. Clients are told that they may come back.
    pub close_on_authentication_expiration: bool,
    /// Whether a client may bring new credentials while its connection lives, by `POST
    /// {hub}/refresh` (`EnableAuthenticationRefresh`). Default `false`. The user's id has to be the
    /// same; roles, claims and the time until which they hold are the new ones from then on. Polls
    /// and stateful reconnects whose credentials hold for longer refresh too. The guide says more
    /// ([`guide::authorization`](crate::guide::authorization#refreshing)).
    pub enable_authentication_refresh: bool,
    /// How long a proof counts at most, whatever it says itself
    /// (`MaximumAuthenticationExpiration`): by then it has to be refreshed. Default `None`, for as
    /// long as it says. Of effect with `enable_authentication_refresh`.
    pub maximum_authentication_expiration: Option<Duration>,
    /// Whether connections survive the loss of their WebSocket, for clients that ask for it
    /// (`AllowStatefulReconnects`): the client comes back within `disconnect_timeout` to the same
    /// connection, and no message is lost or doubled. Default `false`.
    pub allow_stateful_reconnects: bool,
    /// Bytes of sent messages that a client may leave unacknowledged before its calls and streams
    /// wait (`StatefulReconnectBufferSize`). Default 100 000.
    ///
    /// What others send to it does not wait: beyond `maximum_pending_bytes`, a client that is away
    /// is closed, and one that is there can no longer come back to this connection.
    pub stateful_reconnect_buffer_size: usize,
    /// Bytes that others' sends may queue for one connection. Default 512 KiB, with which a client
    /// that does not read costs less than 1 MiB altogether; a connection that falls further behind
    /// is not waited for: `slow_client` says what becomes of it. Not a SignalR option.
    pub maximum_pending_bytes: usize,
    /// What becomes of what others send to a client that does not keep up. Default
    /// [`SlowClient::Close`]. Not a SignalR option, which has every sender wait.
    pub slow_client: SlowClient,
    /// What becomes of clients that were generated from another contract than the server's. Default
    /// [`ContractMismatch::Warn`], which means something only with a
    /// [lock file](crate::HubsBuilder::contract_lock). Not a SignalR option.
    pub contract_mismatch: ContractMismatch,
    /// How long calls, and an `on_connected`, may go on after their connection has ended; `aborted()`
    /// fires first. When the server shuts down, calls that run have the same time before that, in
    /// which they are still answered. Default 3 s. Not a SignalR option.
    pub abort_grace_period: Duration,
    /// Whether log lines and spans of connections and calls name the user, as `user_id`. Default
    /// `false`: ids of users may be personal data. Not a SignalR option.
    pub log_user_ids: bool,
    /// What is around the hub's calls and connections (`AddFilter`). Default: nothing. Those of all
    /// hubs, which [`HubsBuilder::filter`](crate::HubsBuilder::filter) adds too, are outside a hub's
    /// own.
    ///
    /// ```
    /// # use hub_runtime::prelude::*;
    /// # #[hub] pub trait ChatHub {}
    /// # struct Chat;
    /// # impl ChatHub for Chat {}
    /// use hub_runtime::Hubs;
    /// # struct Audit;
    /// # impl hub_runtime::filters::HubFilter for Audit {}
    ///
    /// let hubs = Hubs::builder()
    ///     .hub_with::<dyn ChatHub>("/hubs/chat", Chat, |options| options.filters.add(Audit))
    ///     .build();
    /// # assert!(hubs.is_ok());
    /// ```
    pub filters: HubFilters,
}

impl Default for HubOptions {
    fn default() -> Self {
        Self {
            handshake_timeout: Duration::from_secs(15),
            keep_alive_interval: Duration::from_secs(15),
            client_timeout_interval: Duration::from_secs(30),
            maximum_receive_message_size: Some(32 * 1024),
            maximum_connections: None,
            maximum_groups_per_connection: 1000,
            maximum_group_name_length: 256,
            maximum_parallel_invocations_per_client: 1,
            maximum_parallel_streams_per_client: 100,
            stream_buffer_capacity: 10,
            enable_detailed_errors: false,
            transport_send_timeout: Duration::from_secs(10),
            close_timeout: Duration::from_secs(5),
            disconnect_timeout: Duration::from_secs(15),
            transports: Transports::ALL,
            #[cfg(feature = "deflate")]
            dangerous_enable_compression: false,
            long_polling_poll_timeout: Duration::from_secs(90),
            minimum_protocol_version: 0,
            allowed_origins: AllowedOrigins::default(),
            authorization: Vec::new(),
            close_on_authentication_expiration: false,
            enable_authentication_refresh: false,
            maximum_authentication_expiration: None,
            allow_stateful_reconnects: false,
            stateful_reconnect_buffer_size: 100_000,
            maximum_pending_bytes: 512 * 1024,
            slow_client: SlowClient::Close,
            contract_mismatch: ContractMismatch::default(),
            abort_grace_period: Duration::from_secs(3),
            log_user_ids: false,
            filters: HubFilters::default(),
        }
    }
}

impl HubOptions {
    /// What of these settings belongs to an endpoint rather than to the hub behind it.
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

    /// How often timeouts have to be looked at: once a second, as SignalR does, or more often for
    /// timeouts that are shorter than that.
    pub(crate) fn sweep_interval(&self) -> Duration {
        let shortest = [
            self.handshake_timeout,
            self.keep_alive_interval,
            self.client_timeout_interval,
            self.transport_send_timeout,
            self.disconnect_timeout,
        ]
        .into_iter()
        .min();
        sweep_interval(shortest.unwrap_or(Duration::MAX))
    }
}

/// How often a timeout has to be looked at.
pub(crate) fn sweep_interval(timeout: Duration) -> Duration {
    (timeout / 10).clamp(Duration::from_millis(5), Duration::from_secs(1))
}

/// What may differ between the paths of one hub; see
/// [`HubsBuilder::also_at`](crate::HubsBuilder::also_at).
///
/// These are the settings that only matter while a request is answered. All others hold for the
/// hub and its connections, however a connection was made (in ASP.NET Core: `HubOptions` of the
/// hub, `HttpConnectionDispatcherOptions` of each `MapHub`). An endpoint starts from the hub's
/// [`HubOptions`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EndpointOptions {
    /// See [`HubOptions::transports`].
    pub transports: Transports,
    /// See [`HubOptions::dangerous_enable_compression`].
    #[cfg(feature = "deflate")]
    pub dangerous_enable_compression: bool,
    /// See [`HubOptions::long_polling_poll_timeout`].
    pub long_polling_poll_timeout: Duration,
    /// See [`HubOptions::minimum_protocol_version`].
    pub minimum_protocol_version: u32,
    /// See [`HubOptions::allowed_origins`].
    pub allowed_origins: AllowedOrigins,
    /// See [`HubOptions::authorization`].
    pub authorization: Vec<Authorize>,
}

impl EndpointOptions {
    /// Whether a client's offer to compress may be taken up.
    #[cfg_attr(
        not(feature = "deflate"),
        expect(clippy::unused_self, reason = "there is no such option")
    )]
    pub(crate) fn may_compress(&self) -> bool {
        #[cfg(feature = "deflate")]
        return self.dangerous_enable_compression;
        #[cfg(not(feature = "deflate"))]
        false
    }
}
