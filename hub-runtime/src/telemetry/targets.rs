//! The categories of the log: what an `EnvFilter` names. They are a promise to users, and stand in
//! the guide (`guide::observability`).

/// What listens: accepting, TLS, connections of HTTP, the shutdown.
pub(crate) const SERVER: &str = "hub_runtime::server";
/// Negotiation, requests, sockets: how connections travel.
pub(crate) const TRANSPORT: &str = "hub_runtime::transport";
/// The lives of connections, from the handshake to the end.
pub(crate) const SESSION: &str = "hub_runtime::session";
/// Calls of clients, and how they end.
pub(crate) const DISPATCH: &str = "hub_runtime::dispatch";
/// Calls on clients: to whom they went.
pub(crate) const BACKPLANE: &str = "hub_runtime::backplane";
/// Whose a request is, and who was refused.
pub(crate) const AUTHORIZATION: &str = "hub_runtime::authorization";
/// Limits that were reached, and what was dropped for it.
pub(crate) const LIMITS: &str = "hub_runtime::limits";
/// Spans of connections and calls, and no events.
pub(crate) const SPANS: &str = "hub_runtime::spans";
