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
#[cfg(test)]
pub(crate) mod testing;

pub use hubs::{BuildError, Hubs, HubsBuilder, ServedBy};
pub use options::{EndpointOptions, HubOptions};
