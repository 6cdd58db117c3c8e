//! Connections without the hub protocol: bytes in both directions, over the same transports.
//!
//! [`application::RawApplication`] is what an endpoint serves; [`driver`] owns one connection,
//! between the [`connection::RawConnection`] that the user's handler holds and the transport, which
//! [`reader`] and [`writer`] know.

mod application;
mod connection;
mod driver;
mod handler;
mod message;
mod options;
mod reader;
mod writer;

pub(crate) use application::RawApplication;
pub use connection::{RawConnection, RawSendError, RawSender};
pub use handler::ConnectionHandler;
pub(crate) use handler::ErasedHandler;
pub use message::RawMessage;
pub use options::ConnectionOptions;
