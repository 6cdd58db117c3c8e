//! The server's side of hubs, and what listens for them.

mod activity;
mod assembly;
mod build_error;
mod builder;
mod client_results;
pub(crate) mod clock;
pub(crate) mod contracts;
pub(crate) mod drain;
mod gates;
mod health;
mod hubs;
pub(crate) mod limits;
pub(crate) mod live;
mod numbers;
mod options;
pub(crate) mod read_ahead;
pub(crate) mod registry;
pub(crate) mod relay;
mod roll;
pub(crate) mod serve;
mod signal;
mod spread;
pub(crate) mod state;
mod sweep;
mod tasks;
#[cfg(any(test, feature = "__bench"))]
pub(crate) mod testing;

pub use build_error::BuildError;
pub use builder::{HubsBuilder, ServedBy};
pub use contracts::ContractMismatch;
pub use health::Health;
pub use hubs::Hubs;
pub use limits::ConnectionLimits;
pub(crate) use options::sweep_interval;
pub use options::{EndpointOptions, HubOptions};
pub use signal::told_to_stop;
