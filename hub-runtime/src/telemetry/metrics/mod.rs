//! The metrics of one hub, or of one handler of bytes: through the crate `metrics`, or, without the
//! feature, not at all.

#[cfg(not(feature = "metrics"))]
mod absent;
#[cfg(feature = "metrics")]
mod call;
#[cfg(feature = "metrics")]
mod names;
#[cfg(feature = "metrics")]
mod recorded;
#[cfg(feature = "metrics")]
mod sent;

#[cfg(not(feature = "metrics"))]
pub(crate) use absent::{HubMetrics, MeteredCall, SentBytes};
#[cfg(feature = "metrics")]
pub(crate) use call::MeteredCall;
#[cfg(feature = "metrics")]
pub(crate) use recorded::{HubMetrics, limit_reached, messages_dropped};
#[cfg(feature = "metrics")]
pub(crate) use sent::SentBytes;

/// How a call has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallEnd {
    Ok,
    /// The method failed, or panicked.
    Error,
    /// It never began: no such method, arguments that do not fit, no right to call it.
    Refused,
    /// The caller has cancelled it, or has gone.
    Cancelled,
}

impl CallEnd {
    #[cfg(feature = "metrics")]
    const ALL: usize = 4;

    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::Refused => "refused",
            Self::Cancelled => "cancelled",
        }
    }
}
