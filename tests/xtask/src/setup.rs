//! `cargo xtask setup`: installs what the pages and the tests need. Safe to repeat.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::{Failure, process, workspace};

/// The oldest Node, major and minor version, that the bundler of the pages runs on.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// A program the tests call, and the Debian package that brings it.
struct Tool {
    programs: &'static [&'static str],
    package: &'static str,
}

const NODE: Tool = Tool {
    programs: &["node"],
    package: "nodejs",
};
const NPM: Tool = Tool {
    programs: &["npm"],
    package: "npm",
};
const CHROMIUM: Tool = Tool {
    programs: &["chromium", "chromium-browser"],
    package: "chromium",
};
const REDIS: Tool = Tool {
    programs: &["redis-server"],
    package: "redis-server",
};

/// The fuzzing engine is C++.
const CPP_COMPILER: Tool = Tool {
    programs: &["c++", "g++"],
    package: "g++",
};

/// Everything: programs and npm packages.
pub(crate) fn run() -> Result<(), Failure> {
    install_programs(&[NODE, NPM, CHROMIUM, REDIS])?;
    node_is_new_enough()?;
    for folder in workspace::npm_folders(&workspace::root()) {
        install_npm_packages(&folder)?;
    }
    Ok(())
}

/// Only what a page needs in order to be built.
pub(crate) fn page(folder: &Path) -> Result<(), Failure> {
    install_programs(&[NODE, NPM])?;
    node_is_new_enough()?;
    install_npm_packages(folder)
}

/// Only what the fuzz targets need: cargo-fuzz, and a C++ compiler for its engine.
pub(crate) fn fuzzing(root: &Path) -> Result<(), Failure> {
    install_programs(&[CPP_COMPILER])?;
    if process::answers("cargo", &["fuzz", "--version"]).is_some() {
        return Ok(());
    }
    process::show(process::cargo(root).args(["install", "cargo-fuzz", "--locked"]))
}

fn install_programs(tools: &[Tool]) -> Result<(), Failure> {
    let missing = tools.iter().filter(|tool| !tool.is_there());
    let packages: Vec<&str> = missing.map(|tool| tool.package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let root = process::answers("id", &["-u"]).is_some_and(|id| id == "0");
    let debian = process::answers("apt-get", &["--version"]).is_some();
    if !(root && debian) {
        let packages = packages.join(" ");
        return Err(format!(
            "missing: {packages}. On Debian or Ubuntu run\n\n    \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends {packages}\n\n\
             elsewhere install the same programs by your system's own means; then try again."
        ));
    }
    process::show(apt_get().arg("update"))?;
    let install = ["install", "-y", "--no-install-recommends"];
    process::show(apt_get().args(install).args(packages))
}

fn apt_get() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q");
    command
}

impl Tool {
    fn is_there(&self) -> bool {
        self.programs
            .iter()
            .any(|program| process::answers(program, &["--version"]).is_some())
    }
}

fn node_is_new_enough() -> Result<(), Failure> {
    let says = process::answers("node", &["--version"]).unwrap_or_default();
    if version(&says).is_some_and(|version| version >= OLDEST_NODE) {
        return Ok(());
    }
    let (major, minor) = OLDEST_NODE;
    Err(format!(
        "Node {major}.{minor} or newer is needed, and `node --version` says \"{says}\". \
         Install a newer one (https://nodejs.org/en/download), then try again."
    ))
}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix('v')?.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn install_npm_packages(folder: &Path) -> Result<(), Failure> {
    if is_installed(folder) {
        return Ok(());
    }
    let arguments = ["ci", "--no-audit", "--no-fund"];
    process::show(Command::new("npm").current_dir(folder).args(arguments))
}

/// npm writes `.package-lock.json` last, so its age tells whether the lock file has changed since.
fn is_installed(folder: &Path) -> bool {
    let installed = modified(&folder.join("node_modules/.package-lock.json"));
    installed.is_some() && installed >= modified(&folder.join("package-lock.json"))
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().and_then(|data| data.modified()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_read() {
        assert_eq!(version("v20.20.2"), Some((20, 20)));
        assert_eq!(version("v8.1"), Some((8, 1)));
        assert_eq!(version(""), None);
    }

    #[test]
    fn a_folder_without_packages_is_not_installed() {
        assert!(!is_installed(&workspace::root()));
    }
}
