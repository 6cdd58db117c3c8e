//! Who may connect, who may call, and for how long.

mod bearer;
mod build;
mod expiry;
mod hijack;
mod hub;
mod policies;
mod refresh;
mod table;
