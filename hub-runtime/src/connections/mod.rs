//! What carries a connection's bytes, from the HTTP request to the socket.

mod application;
mod endpoint;
mod event_stream;
mod head;
mod hub;
mod long_polling;
mod mailslot;
mod opening;
mod origin;
pub(crate) mod query;
mod refresh;
mod socket;
mod tokens;
mod way_back;
pub(crate) mod websocket;

pub(crate) use application::Application;
pub(crate) use endpoint::{Endpoint, Route};
pub(crate) use head::Head;
pub(crate) use opening::NewConnection;
pub use origin::AllowedOrigins;
pub(crate) use query::value as query_value;
