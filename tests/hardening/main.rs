//! A hostile client against the functional-test server, which runs as a process of its own: its
//! memory, its descriptors and its processor time are looked at from outside.
//!
//! Each test covers a property that every server here has to have, whatever a client does, with the
//! figure to reach as its bound. The figures that were reached are printed:
//!
//! ```sh
//! cargo nextest run -p hub-e2e --test hardening --no-capture | grep '^|'
//! ```
//!
//! At its end each test checks that the same process still serves, and that it has given back what
//! its clients made it hold ([`Server::has_recovered`](support::Server::has_recovered)).

mod authorization;
mod calls;
mod claims;
mod clock;
mod crowds;
mod error_texts;
mod floods;
mod fragments;
mod http2;
mod idle;
mod negotiations;
mod neighbours;
mod nesting;
mod origins;
mod raw_connections;
mod reconnects;
mod requests;
mod rolling;
mod shutdown;
mod sizes;
mod slow_policies;
mod slow_readers;
mod soak;
mod streams;
mod support;
mod timeouts;
