//! The meaning of hubs without IO: contracts, protocols and the session of one connection.
//!
//! This crate has no runtime, opens no socket and reads no clock. Users reach it through
//! `hub-runtime`; build scripts through `hub-codegen`.

pub mod bytes;
pub mod call;
pub mod clients;
pub mod context;
pub mod contract;
pub mod error;
#[cfg(feature = "axum")]
pub mod extract;
pub mod negotiate;
pub mod outlet;
pub mod private;
pub mod protocol;
pub mod session;

pub use bytes::Bytes;
pub use clients::HubContext;
pub use context::{Context, DisconnectReason, Items, User};
pub use error::{ClientResultError, HubError, SendError};
