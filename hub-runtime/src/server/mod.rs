//! The server's side of hubs, and what listens for them.

mod client_results;
mod clock;
pub(crate) mod drain;
mod hubs;
mod live;
mod options;
mod registry;
pub(crate) mod serve;
pub(crate) mod state;
mod sweep;
mod tasks;

pub use hubs::{BuildError, Hubs, HubsBuilder, ServedBy};
pub use options::HubOptions;
