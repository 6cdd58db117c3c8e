//! The client's side of the benches: what a client of a hub sends, and what it reads, as bytes; and
//! a generator that loads a server with many of them. Nothing here knows of the server under test;
//! any that speaks SignalR can be measured.

mod crowd;
mod incoming;
mod load;
mod outgoing;
mod play;
mod process;
mod rounds;

pub use crowd::Hub;
pub use incoming::{Broken, Incoming};
pub use load::{Kind, Load};
pub use outgoing::Outgoing;
pub use play::{Report, play};
pub use process::Process;
