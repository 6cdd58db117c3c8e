//! The server's side of hubs, and what listens for them.

#[cfg_attr(not(test), expect(dead_code, reason = "no connection is upgraded yet"))]
pub(crate) mod drain;
pub(crate) mod serve;
mod tasks;
