//! What happens rarely enough to be looked up by name each time.

use super::targets;

/// Says that `limit` of a hub has refused something.
///
/// The counter `hub.limit.reached`, and an event at level `DEBUG`: whoever reaches limits on purpose
/// must not fill the log.
pub(crate) fn limit_reached(hub: &str, limit: &'static str) {
    tracing::debug!(target: targets::LIMITS, hub, limit, "a limit was reached");
    #[cfg(feature = "metrics")]
    super::metrics::limit_reached(hub, limit);
}

/// Says that `count` messages did not go to a client that does not keep up, as `policy` wants it.
///
/// The counter `hub.messages.dropped`, and an event at level `DEBUG`.
pub(crate) fn messages_dropped(hub: &str, policy: &'static str, count: u64) {
    tracing::debug!(target: targets::LIMITS, hub, policy, count, "messages were dropped");
    #[cfg(feature = "metrics")]
    super::metrics::messages_dropped(hub, policy, count);
}
