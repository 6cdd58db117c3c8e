//! Plays so many messages of a cell and ends: for callgrind, which counts instructions.
//!
//! ```text
//! cargo xtask bench instructions
//! ```

use hub_bench::{Cell, InProcess};
use hub_core::protocol::Protocol;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((cell, protocol, messages)) = parse(&arguments) else {
        eprintln!("usage: hub-bench CELL PROTOCOL MESSAGES");
        return ExitCode::FAILURE;
    };
    let mut bench = InProcess::start(cell, protocol);
    let played = bench.play(bench.rounds(messages));
    // Whole rounds, and so perhaps more than was asked for.
    println!("{played}");
    ExitCode::SUCCESS
}

fn parse(arguments: &[String]) -> Option<(Cell, Protocol, usize)> {
    let [cell, protocol, messages] = arguments else {
        return None;
    };
    let cell = Cell::from_name(cell)?;
    let protocol = Protocol::from_name(protocol)?;
    Some((cell, protocol, messages.parse().ok()?))
}
