//! What each fuzz target checks, as a plain function of bytes that panics where something is wrong.
//!
//! Nothing here is content with "it does not panic" where there is somebody to compare with: another
//! implementation, a simpler one, or the same one with the same bytes in other pieces.
//!
//! - [`json`], [`message_pack`]: one hub message, against what another parser reads in it.
//! - [`framing`]: where messages end, in any pieces.
//! - [`handshake`]: what comes before hub messages.
//! - [`session`]: a connection with its time, its losses and its returns.
//! - [`websocket`], [`utf8`], [`deflate`]: frames off the socket.
//!
//! A target's input begins with choices where it needs some (how the bytes are cut, for example);
//! its module says which. [`target!`] makes a program of such a function.

mod choices;
/// The frame layer, which is private to `hub-runtime`: its own files, compiled a second time, so that
/// nothing has to become public for these targets.
#[allow(
    dead_code,
    reason = "the targets use the half of it that reads, and what they compare with"
)]
#[path = "../../../hub-runtime/src/connections/websocket"]
mod frames {
    pub(crate) mod close;
    pub(crate) mod deflate;
    pub(crate) mod frame;
    mod header;
    mod utf8;
    pub(crate) mod write;
}
mod meaning;
mod tree;
mod typed;

pub mod corpus;
pub mod deflate;
pub mod framing;
pub mod handshake;
pub mod json;
pub mod message_pack;
pub mod seeds;
pub mod session;
pub mod utf8;
pub mod websocket;

/// A target: its name, which is that of its program and its folders, and what it checks.
pub type Target = (&'static str, fn(&[u8]));

/// All targets.
pub const TARGETS: [Target; 8] = [
    ("deflate", deflate::check),
    ("framing", framing::check),
    ("handshake", handshake::check),
    ("json", json::check),
    ("message_pack", message_pack::check),
    ("session", session::check),
    ("utf8", utf8::check),
    ("websocket", websocket::check),
];

/// The program of a target: under cargo-fuzz its fuzzer, otherwise one that takes the files it is
/// given, so that a finding can be looked at without cargo-fuzz.
#[macro_export]
macro_rules! target {
    ($check:path) => {
        #[cfg(fuzzing)]
        libfuzzer_sys::fuzz_target!(|input: &[u8]| $check(input));

        #[cfg(not(fuzzing))]
        fn main() {
            $crate::replay($check);
        }
    };
}

/// Checks the files that the command line names.
pub fn replay(check: fn(&[u8])) {
    for path in std::env::args().skip(1) {
        println!("{path}");
        check(&std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}")));
    }
}
