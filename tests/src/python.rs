//! Python: runs the scripts of `tests/python` with the packages that the set-up has installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::{SETUP, both};

/// One script in `tests/python`, and what it is told by its arguments.
#[derive(Debug)]
#[must_use = "a script does nothing unless it is run"]
pub struct Script {
    name: &'static str,
    arguments: Vec<String>,
}

impl Script {
    /// The script in `tests/python/<name>.py`.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            arguments: Vec::new(),
        }
    }

    /// Tells the script something.
    pub fn tell(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Runs the script and fails with its output if it fails, or if it has checked nothing.
    pub fn run(self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("python");
        let mut python = Command::new(interpreter(&folder));
        // Unbuffered, so that a script that is ended has said how far it came.
        python
            .args(["-u", "-X", "utf8"])
            .arg(folder.join(self.name).with_extension("py"))
            .args(self.arguments)
            .stdin(Stdio::null());
        let output = python
            .output()
            .unwrap_or_else(|error| panic!("Python cannot run ({error}): {SETUP}"));
        let said = both(&output);
        assert!(
            output.status.success() && said.contains("ok "),
            "{}.py failed ({}):\n{said}",
            self.name,
            output.status
        );
        println!("{said}");
    }
}

/// The Python that sees the installed packages.
fn interpreter(folder: &Path) -> PathBuf {
    let python = folder.join(".venv/bin/python");
    assert!(python.is_file(), "{} is missing: {SETUP}", python.display());
    python
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[should_panic(expected = "python is missing: run `cargo xtask setup`")]
    fn without_the_set_up_a_script_fails_and_says_what_to_run() {
        interpreter(Path::new("no-such-folder-here"));
    }
}
