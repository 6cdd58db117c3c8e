/// How many connections there may be, of all hubs and connection handlers of one
/// [`Hubs`](crate::Hubs) together. Set with [`HubsBuilder::limits`](crate::HubsBuilder::limits).
///
/// `None` is no limit. A request beyond one is answered with 503 or 429 and a text, which official
/// clients show as the error of `start()`; each refusal is counted and logged with the limit's name.
/// None of these are SignalR's options: there, every client may have as many connections as it likes.
///
/// A connection counts from its first request behind negotiate until its `on_disconnected` has
/// run. One that survives its socket (stateful reconnect) is one connection all the while.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConnectionLimits {
    /// Connections in all. Default 65 536, which is also how many sockets [`serve`](crate::serve())
    /// takes; idle ones then cost about 200 MiB. Beyond it 503.
    ///
    /// One hub may have a limit of its own, see
    /// [`HubOptions::maximum_connections`](crate::HubOptions::maximum_connections).
    pub maximum_connections: Option<usize>,
    /// Connections of one user, by the id that `clients().user(…)` takes. Default 100: ten devices
    /// with ten tabs each. Beyond it 429. Raise it where many machines share one account.
    pub maximum_connections_per_user: Option<usize>,
    /// Connections from one address of the public internet; in IPv6 from one network of /64, which
    /// is what one customer has at least. Default 1000: room for an office or a school behind one
    /// address, while it takes 65 of them to use up the server. Beyond it 429.
    ///
    /// Behind a proxy every client has the proxy's address: see
    /// [`HubsBuilder::client_address`](crate::HubsBuilder::client_address). Without it, addresses that
    /// are not of the public internet are not counted, since they are those of proxies and
    /// neighbours.
    pub maximum_connections_per_address: Option<usize>,
    /// Negotiated connections whose transport has not come yet. Default 65 536, some 20 MiB, for
    /// the 15 s of `disconnect_timeout`. Beyond it 503 at negotiate; a client that skips negotiation
    /// still connects.
    pub maximum_unused_negotiations: Option<usize>,
    /// The same from one address, counted as for `maximum_connections_per_address`. Default 1000.
    /// Beyond it 429.
    pub maximum_unused_negotiations_per_address: Option<usize>,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            maximum_connections: Some(65_536),
            maximum_connections_per_user: Some(100),
            maximum_connections_per_address: Some(1000),
            maximum_unused_negotiations: Some(65_536),
            maximum_unused_negotiations_per_address: Some(1000),
        }
    }
}
