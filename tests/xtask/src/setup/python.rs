//! Python, and a virtual environment with the packages of `tests/python/requirements.txt`.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::programs::{Tool, Versioned};
use crate::{Failure, process};

/// `python3-venv` brings `python3`. Debian's `python3` alone knows the command `-m venv`, and
/// lacks the module that it needs.
pub(super) const TOOLS: [Tool; 1] = [Tool {
    programs: &["python3"],
    question: &["-c", "import ensurepip, venv"],
    package: "python3-venv",
}];

/// The oldest that the packages run on.
pub(super) const PYTHON: Versioned = Versioned {
    name: "Python",
    program: "python3",
    oldest: (3, 10),
    site: "https://www.python.org/downloads",
};

/// Makes `.venv` anew in the folder, unless it holds the required packages already.
pub(super) fn install_packages(folder: &Path) -> Result<(), Failure> {
    let file = folder.join("requirements.txt");
    let requirements = fs::read_to_string(&file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    let environment = folder.join(".venv");
    let stamp = stamp(&PYTHON.says(), &requirements);
    if is_installed(&environment, &stamp) {
        return Ok(());
    }
    let venv = ["-m", "venv", "--clear"];
    process::show(Command::new(PYTHON.program).args(venv).arg(&environment))?;
    let pip = ["-m", "pip", "install", "--quiet", "--requirement"];
    process::show(
        Command::new(environment.join("bin/python"))
            .args(pip)
            .arg(&file)
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    )?;
    // Last, so that an installation that was broken off is done again.
    fs::write(environment.join(STAMP), stamp)
        .map_err(|error| format!("{} cannot be written to: {error}", environment.display()))
}

/// The file that says what was installed.
const STAMP: &str = "installed.txt";

/// The packages, and the Python they are for: each minor version has a folder of its own.
fn stamp(python: &str, requirements: &str) -> String {
    format!("# {python}\n{requirements}")
}

fn is_installed(environment: &Path, stamp: &str) -> bool {
    fs::read_to_string(environment.join(STAMP)).is_ok_and(|installed| installed == stamp)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn a_folder_without_an_environment_is_not_installed() {
        assert!(!is_installed(&workspace::root(), ""));
    }

    #[test]
    fn other_packages_or_another_python_are_installed_anew() {
        let installed = stamp("Python 3.11.2", "kosoku==0.1.0\n");
        assert_ne!(installed, stamp("Python 3.11.2", "kosoku==0.2.0\n"));
        assert_ne!(installed, stamp("Python 3.13.5", "kosoku==0.1.0\n"));
    }
}
