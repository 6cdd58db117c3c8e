//! The client's side of the benches: what a client of a hub sends, and what it reads, as bytes.
//! Nothing here knows of the server under test; any that speaks SignalR can be measured.

mod incoming;
mod outgoing;

pub use incoming::{Broken, Incoming};
pub use outgoing::Outgoing;
