//! What operators see of a server: the log's categories, spans, and metrics.
//!
//! The rest of the crate says what has happened, and knows neither names nor labels.

mod call;
mod counters;
mod life;
mod metrics;
mod remote;
pub(crate) mod targets;
mod trace_parent;

pub(crate) use call::{CallRecord, in_span};
pub(crate) use counters::{limit_reached, messages_dropped};
pub(crate) use life::{End as LifeEnd, Ending, Life, LogId, Who};
pub(crate) use metrics::{HubMetrics, SentBytes};
