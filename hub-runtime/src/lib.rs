//! (crate docs to come)

#[cfg(feature = "server")]
mod connections;
#[cfg(feature = "server")]
mod server;

#[cfg(feature = "server")]
pub use server::serve::{Serve, serve};
