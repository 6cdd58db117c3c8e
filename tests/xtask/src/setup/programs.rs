//! Programs: whether they are there and new enough, and the Debian packages that bring them.

use std::process::Command;

use crate::{Failure, process};

/// What the tests call beside Node and Python.
pub(super) const SERVERS_AND_BROWSERS: [Tool; 2] = [
    Tool {
        programs: &["chromium", "chromium-browser"],
        question: &["--version"],
        package: "chromium",
    },
    Tool {
        programs: &["redis-server"],
        question: &["--version"],
        package: "redis-server",
    },
];

/// The fuzzing engine is C++.
pub(super) const CPP_COMPILER: Tool = Tool {
    programs: &["c++", "g++"],
    question: &["--version"],
    package: "g++",
};

/// What counts instructions.
pub(super) const VALGRIND: Tool = Tool {
    programs: &["valgrind"],
    question: &["--version"],
    package: "valgrind",
};

/// A program the tests call, and the Debian package that brings it.
#[derive(Clone, Copy)]
pub(super) struct Tool {
    /// Its names: one of them is enough.
    pub(super) programs: &'static [&'static str],
    /// What it answers without a failure if it is there and complete.
    pub(super) question: &'static [&'static str],
    pub(super) package: &'static str,
}

/// Installs what is missing, or says how to.
pub(super) fn install(tools: &[Tool]) -> Result<(), Failure> {
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
            .any(|program| process::answers(program, self.question).is_some())
    }
}

/// A program that has to be of a certain version at least.
pub(super) struct Versioned {
    pub(super) name: &'static str,
    pub(super) program: &'static str,
    /// Major and minor version.
    pub(super) oldest: (u32, u32),
    /// Where a newer one comes from.
    pub(super) site: &'static str,
}

impl Versioned {
    /// What it says of its version.
    pub(super) fn says(&self) -> String {
        process::answers(self.program, &["--version"]).unwrap_or_default()
    }

    /// Fails if it is too old.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let says = self.says();
        if version(&says).is_some_and(|version| version >= self.oldest) {
            return Ok(());
        }
        let (name, program, (major, minor)) = (self.name, self.program, self.oldest);
        Err(format!(
            "{name} {major}.{minor} or newer is needed, and `{program} --version` says \"{says}\". \
             Install a newer one ({}), then try again.",
            self.site
        ))
    }
}

/// The first two numbers.
fn version(text: &str) -> Option<(u32, u32)> {
    let numbers = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    let mut numbers = numbers.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        assert_eq!(version("v20.20.2"), Some((20, 20)));
        assert_eq!(version("v8.1"), Some((8, 1)));
        assert_eq!(version("Python 3.13.0rc1"), Some((3, 13)));
        assert_eq!(version(""), None);
    }

    #[test]
    fn a_program_that_is_too_old_is_named_with_what_it_says() {
        let cargo = |oldest| Versioned {
            name: "Cargo",
            program: "cargo",
            oldest,
            site: "https://rustup.rs",
        };
        assert_eq!(cargo((1, 0)).check(), Ok(()));
        let failure = cargo((1000, 0)).check().unwrap_err();
        let expected = "Cargo 1000.0 or newer is needed, and `cargo --version` says \"cargo 1.";
        assert!(failure.starts_with(expected), "{failure}");
    }

    #[test]
    fn a_program_without_its_parts_is_missing() {
        let cargo = |question| Tool {
            programs: &["cargo"],
            question,
            package: "cargo",
        };
        assert!(cargo(&["--version"]).is_there());
        assert!(!cargo(&["no-such-command-here"]).is_there());
    }
}
