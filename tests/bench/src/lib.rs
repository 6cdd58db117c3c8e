//! Server and clients in one thread, for counts that do not depend on how busy the machine is:
//! allocations, and instructions.
//!
//! The server is the real one, over real sockets of the loopback device. Clients are driven by the
//! same thread and take turns with it, so that a round is the same each time. What clients do is
//! not counted: allocations are looked at around the server's turns, and callgrind stops counting
//! in [`Clients::take_turn`].

mod cell;
mod clients;
mod in_process;

pub use cell::{Cell, Script};
pub use clients::Clients;
pub use in_process::{InProcess, serve};
