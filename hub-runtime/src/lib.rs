//! (crate docs to come)

#[cfg(feature = "server")]
mod connections;
