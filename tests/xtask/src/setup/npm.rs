//! Node, and the npm packages of each folder with a lock file.

use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use super::programs::{Tool, Versioned};
use crate::{Failure, process};

pub(super) const TOOLS: [Tool; 2] = [
    Tool {
        programs: &["node"],
        question: &["--version"],
        package: "nodejs",
    },
    Tool {
        programs: &["npm"],
        question: &["--version"],
        package: "npm",
    },
];

/// The oldest that the bundler of the pages runs on.
pub(super) const NODE: Versioned = Versioned {
    name: "Node",
    program: "node",
    oldest: (20, 19),
    site: "https://nodejs.org/en/download",
};

pub(super) fn install_packages(folder: &Path) -> Result<(), Failure> {
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
    use crate::workspace;

    #[test]
    fn a_folder_without_packages_is_not_installed() {
        assert!(!is_installed(&workspace::root()));
    }
}
