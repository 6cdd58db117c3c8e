//! The meaning of hubs without IO: contracts, protocols and the session of one connection.
//!
//! This crate has no runtime, opens no socket and reads no clock. Users reach it through
//! `hub-runtime`, which re-exports what they name; build scripts through `hub-codegen`. Depend on
//! it only to build another runtime or generator on it.
//!
//! - [`contract`]: what the macros implement, and the constant data behind a hub.
//! - [`call`]: one call, from its arguments to its answer.
//! - [`context`], [`clients`], [`outlet`]: what user code holds, and the way out of a proxy.
//! - [`documents`]: hubs as AsyncAPI and JSON Schema.
//! - [`protocol`]: messages in JSON and MessagePack, framing, handshake.
//! - [`session`]: the state machine of one connection.

mod as_text;
pub mod bytes;
pub mod call;
pub mod clients;
pub mod context;
pub mod contract;
pub mod documents;
pub mod error;
#[cfg(feature = "axum")]
pub mod extract;
pub mod hub_contexts;
pub mod negotiate;
pub mod outlet;
pub mod private;
pub mod protocol;
pub mod session;
#[cfg(feature = "chrono")]
mod timestamp;

pub use as_text::AsText;
pub use bytes::Bytes;
pub use clients::HubContext;
pub use context::{CloseMessage, Context, DisconnectReason, Items, User};
pub use contract::{Authorize, PolicyName};
pub use error::{ClientResultError, HubError, SendError, ToldError, TypedError};
#[cfg(feature = "chrono")]
pub use timestamp::Timestamp;
