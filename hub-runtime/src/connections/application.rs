use super::opening::NewConnection;
use crate::driver::Link;
use crate::server::clock::CoarseClock;
use crate::server::relay::ConnectionTask;
use crate::telemetry::HubMetrics;
use std::sync::Arc;
use std::time::Duration;

/// How authentication may be refreshed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RefreshOptions {
    /// How long a proof counts at most.
    pub(crate) maximum: Option<Duration>,
}

/// What the connections of an endpoint are for: a hub, or a handler of bytes.
pub(crate) trait Application: Send + Sync + 'static {
    /// What it is called in logs.
    fn name(&self) -> &str;

    /// The time for stamps that need not be exact.
    fn clock(&self) -> &CoarseClock;

    fn metrics(&self) -> &HubMetrics;

    /// Whether it is shutting down, and takes no new connection.
    fn is_closed(&self) -> bool;

    /// How long a connection may be without a transport.
    fn disconnect_timeout(&self) -> Duration;

    /// Whether a connection may outlive its WebSocket.
    fn allows_stateful_reconnects(&self) -> bool {
        false
    }

    /// Whether the authentication of a connection may be refreshed, and how.
    fn authentication_refresh(&self) -> Option<RefreshOptions> {
        None
    }

    /// The text with which it turns away the client of a request, by its query, at negotiation.
    fn refusal(&self, _query: Option<&str>) -> Option<String> {
        None
    }

    /// Makes the task of a connection whose transport is there.
    fn run(self: Arc<Self>, new: NewConnection, link: Link) -> ConnectionTask;
}
