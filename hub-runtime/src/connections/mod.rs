//! What carries a hub connection's bytes.

#[expect(dead_code, reason = "the connection that drives it is not there yet")]
pub(crate) mod websocket;
