//! `cargo xtask bench …`: what a message costs. How to read it stands in `BENCHMARKS.md`.

mod instructions;
mod table;

use std::path::PathBuf;
use std::process::Command;

use crate::{Failure, process, workspace};

const USAGE: &str = "\
usage: cargo xtask bench <kind>

  instructions [--against FILE]   the server's instructions for each message, counted by valgrind;
                                  FILE holds what an earlier run has printed
  load [options]                  what a message costs a server under load, beside peers that are
                                  present; `bench load --help` lists the options (Linux)
  growth [options]                the same as connections and groups become many
";

/// As many files as the system allows, and a core of its own: servers have the last one.
const GENERATOR: &str =
    "ulimit -n 1048576 2>/dev/null || ulimit -n $(ulimit -Hn); exec taskset -c 0 \"$0\" \"$@\"";

/// Runs one kind of bench.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    match arguments {
        ["instructions"] => instructions::run(None),
        ["instructions", "--against", file] => instructions::run(Some(file)),
        [what @ ("load" | "growth"), options @ ..] => under_load(what, options),
        _ => Err(USAGE.to_owned()),
    }
}

fn under_load(what: &str, options: &[&str]) -> Result<(), Failure> {
    let [server, generator] = ["hub-bench-server", "hub-load"].map(release);
    let mut command = Command::new("sh");
    command.args(["-c", GENERATOR]).arg(generator?).arg(server?);
    process::show(command.arg(what).args(options))
}

/// Builds the program of a package as it would be shipped.
fn release(package: &str) -> Result<PathBuf, Failure> {
    let arguments = ["build", "--release", "--package", package];
    process::show(process::cargo(&workspace::root()).args(arguments))?;
    let name = format!("{package}{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace::target()?.join("release").join(name))
}
