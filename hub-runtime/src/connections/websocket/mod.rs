//! WebSocket (RFC 6455), server role: the upgrade, and a frame layer that neither reads, writes nor
//! keeps messages.
//!
//! [`upgrade`] answers the HTTP request and hands the socket over, [`frame::FrameReader`] turns
//! bytes off the socket into events, [`mod@write`] puts frame headers in front of payloads.

pub(crate) mod close;
pub(crate) mod deflate;
mod extensions;
pub(crate) mod frame;
mod header;
pub(crate) mod stream;
pub(crate) mod upgrade;
mod utf8;
pub(crate) mod write;

#[cfg(test)]
mod tests;
