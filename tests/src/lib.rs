//! What the end-to-end tests stand on: a server in this process, the servers of the examples, Node to
//! run the official client, and Python to run others.
//!
//! A tool that is missing is a failure that names the command to run, never a silent skip.

mod conformance;
mod hub;
mod leftovers;
mod node;
mod process;
mod program;
mod proxy;
mod python;
mod server;
mod sockets;

pub use conformance::{ConformanceServer, SecureConformanceServer};
pub use hub::Probe;
pub use node::{Rows, Suite, build_page, build_page_for_development, check_explorer, check_types};
pub use process::Process;
pub use program::example;
pub use proxy::Proxy;
pub use python::Script;
pub use server::{CONTRACTS, TestServer};
pub use sockets::held_sockets;

use std::path::{Path, PathBuf};
use std::process::Output;

/// What to run when something is missing.
const SETUP: &str = "run `cargo xtask setup`";

/// The folder of the workspace's manifest.
pub fn workspace() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// All that a program has said.
fn both(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// The code of the README, which only the documentation tests compile. It is tested here and not
/// with `hub-runtime`, whose package reaches nothing outside of its folder.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
