//! What carries a hub connection's bytes, from the HTTP request to the socket.

mod endpoint;
mod head;
mod query;
mod socket;
mod tokens;
pub(crate) mod websocket;

pub(crate) use endpoint::{Endpoint, Identify, Route};
