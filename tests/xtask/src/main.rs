//! The project's commands, called as `cargo xtask <command>`.
//!
//! It stands on the standard library alone, so that it builds in a second on a fresh machine.

mod bench;
mod demo;
mod fuzz;
mod process;
mod report;
mod setup;
mod verify;
mod workspace;

use std::process::ExitCode;

/// What goes wrong in a task, already worded for the person at the terminal.
type Failure = String;

const USAGE: &str = "\
usage: cargo xtask <command>

  demo [--port N] [--no-open]   build the chat and its page, and serve it (port 5080)
  bench <kind>                  what a message costs; without a kind, which there are
  verify                        everything a change has to pass; ends with the count of tests
  setup                         install what the page builds and the tests need
  fuzz [TARGET…] [--seconds N] [--keep]
                                fuzz all targets or these, each for N seconds (60); with --keep,
                                commit the inputs that reach what the committed ones do not
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["demo", options @ ..] => demo::run(options),
        ["bench", options @ ..] => bench::run(options),
        ["verify"] => verify::run(),
        ["setup"] => setup::run(),
        ["fuzz", options @ ..] => fuzz::run(options),
        [demo::OPEN_WHEN_READY, address] => demo::open_when_ready(address),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure.trim_end());
            ExitCode::FAILURE
        }
    }
}
