//! What carries a hub connection's bytes, from the HTTP request to the socket.

mod endpoint;
mod event_stream;
mod head;
mod long_polling;
mod mailslot;
mod opening;
mod query;
mod socket;
mod tokens;
mod way_back;
pub(crate) mod websocket;

pub(crate) use endpoint::{Endpoint, Identify, Route};
