//! `cargo xtask bench …`: what a message costs. How to read it stands in `BENCHMARKS.md`.

mod instructions;
mod table;

use std::path::PathBuf;

use crate::{Failure, process, workspace};

const USAGE: &str = "\
usage: cargo xtask bench <kind>

  instructions [--against FILE]   the server's instructions for each message, counted by valgrind;
                                  FILE holds what an earlier run has printed
";

/// Runs one kind of bench.
pub(crate) fn run(arguments: &[&str]) -> Result<(), Failure> {
    match arguments {
        ["instructions"] => instructions::run(None),
        ["instructions", "--against", file] => instructions::run(Some(file)),
        _ => Err(USAGE.to_owned()),
    }
}

/// Builds the program of a package as it would be shipped.
fn release(package: &str) -> Result<PathBuf, Failure> {
    let arguments = ["build", "--release", "--package", package];
    process::show(process::cargo(&workspace::root()).args(arguments))?;
    let name = format!("{package}{}", std::env::consts::EXE_SUFFIX);
    Ok(workspace::target()?.join("release").join(name))
}
