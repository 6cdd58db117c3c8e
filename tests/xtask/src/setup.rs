//! `cargo xtask setup`: installs what the pages and the tests need. Safe to repeat.

mod npm;
mod programs;
mod python;

use std::path::Path;

use crate::{Failure, process, workspace};

/// Everything: programs, npm packages and Python packages.
pub(crate) fn run() -> Result<(), Failure> {
    let tools = [
        npm::TOOLS.as_slice(),
        programs::SERVERS_AND_BROWSERS.as_slice(),
        python::TOOLS.as_slice(),
    ];
    programs::install(&tools.concat())?;
    npm::NODE.check()?;
    python::PYTHON.check()?;
    let root = workspace::root();
    for folder in workspace::npm_folders(&root) {
        npm::install_packages(&folder)?;
    }
    python::install_packages(&root.join("tests/python"))
}

/// Only what a page needs in order to be built.
pub(crate) fn page(folder: &Path) -> Result<(), Failure> {
    programs::install(&npm::TOOLS)?;
    npm::NODE.check()?;
    npm::install_packages(folder)
}

/// Only what the fuzz targets need: cargo-fuzz, and a C++ compiler for its engine.
pub(crate) fn fuzzing(root: &Path) -> Result<(), Failure> {
    programs::install(&[programs::CPP_COMPILER])?;
    if process::answers("cargo", &["fuzz", "--version"]).is_some() {
        return Ok(());
    }
    process::show(process::cargo(root).args(["install", "cargo-fuzz", "--locked"]))
}

/// What `cargo xtask bench instructions` counts with; nothing else needs it.
pub(crate) fn valgrind() -> Result<(), Failure> {
    programs::install(&[programs::VALGRIND])
}
