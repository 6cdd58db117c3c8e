//! What operators see of a server: the log's categories, spans, and metrics.
//!
//! The rest of the crate says what has happened, and knows neither names nor labels.

mod counters;
pub(crate) mod targets;

pub(crate) use counters::{limit_reached, messages_dropped};
