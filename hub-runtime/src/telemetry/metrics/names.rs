//! What the metrics are called, and what they mean: a promise to users, which stands in the guide
//! (`guide::observability`).
//!
//! The first two are OpenTelemetry's, which ASP.NET Core has as well; the rest are ours.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

pub(super) const CONNECTION_DURATION: &str = "signalr.server.connection.duration";
pub(super) const ACTIVE_CONNECTIONS: &str = "signalr.server.active_connections";
pub(super) const NEGOTIATIONS: &str = "hub.negotiations";
pub(super) const REFUSED_REQUESTS: &str = "hub.requests.refused";
pub(super) const CALLS: &str = "hub.calls";
pub(super) const CALL_DURATION: &str = "hub.call.duration";
pub(super) const CALLS_RUNNING: &str = "hub.calls.running";
pub(super) const CALLS_WAITING: &str = "hub.calls.waiting";
pub(super) const RECEIVED: &str = "hub.received";
pub(super) const SENT: &str = "hub.sent";
pub(super) const PENDING: &str = "hub.pending";
pub(super) const LIMIT_REACHED: &str = "hub.limit.reached";
pub(super) const MESSAGES_DROPPED: &str = "hub.messages.dropped";

/// Tells the recorder, which forgets what it knew.
pub(super) fn describe() {
    describe_histogram!(
        CONNECTION_DURATION,
        Unit::Seconds,
        "How long connections were open."
    );
    describe_gauge!(ACTIVE_CONNECTIONS, "Connections that are open.");
    describe_counter!(NEGOTIATIONS, "Negotiations that were granted.");
    describe_counter!(REFUSED_REQUESTS, "Requests that were refused, by status.");
    describe_counter!(CALLS, "Calls of hub methods that have ended, by outcome.");
    describe_histogram!(
        CALL_DURATION,
        Unit::Seconds,
        "How long calls took, from their turn to their end."
    );
    describe_gauge!(
        CALLS_RUNNING,
        "Calls, streams among them, that have not ended at once."
    );
    describe_gauge!(CALLS_WAITING, "Calls that wait for their turn.");
    describe_counter!(RECEIVED, Unit::Bytes, "Bytes received from clients.");
    describe_counter!(SENT, Unit::Bytes, "Bytes sent to clients.");
    describe_gauge!(PENDING, Unit::Bytes, "Bytes that wait for clients to read.");
    describe_counter!(LIMIT_REACHED, "What was refused for a limit, by limit.");
    describe_counter!(
        MESSAGES_DROPPED,
        "Messages that did not go to slow clients."
    );
}
