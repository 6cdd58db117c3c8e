//! The package that is being built, as cargo tells its build script.

use std::env;
use std::path::PathBuf;

/// Where relative paths begin, and how to build the package again.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) root: PathBuf,
    /// `None` if this is no build script.
    name: Option<String>,
}

impl Package {
    pub(crate) fn from_env() -> Self {
        let root = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        // Cargo names the package to a binary it runs as well, but has no folder for its output.
        let name = env::var_os("OUT_DIR").and_then(|_| env::var("CARGO_PKG_NAME").ok());
        Self {
            root: root.unwrap_or_default(),
            name,
        }
    }

    /// Whether this is a published copy, or the one that `cargo package` builds before that: it may
    /// not change its sources. Cargo puts the manifest as it was written beside its own in all of
    /// them, whatever the folders around are called.
    pub(crate) fn is_packaged(&self) -> bool {
        self.root.join("Cargo.toml.orig").is_file()
    }

    /// What documents are called.
    pub(crate) fn title(&self) -> &str {
        self.name.as_deref().unwrap_or("Hubs")
    }

    /// What brings the files up to date; `fixed` says that the program has chosen its mode itself.
    pub(crate) fn command(&self, fixed: bool) -> String {
        match &self.name {
            _ if fixed => "the same program with `Mode::Write`".to_owned(),
            Some(name) => format!("cargo build -p {name}"),
            None => "the same program with HUB_CODEGEN=write".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(root: &str, name: Option<&str>) -> Package {
        Package {
            root: PathBuf::from(root),
            name: name.map(str::to_owned),
        }
    }

    #[test]
    fn the_command_mends() {
        assert_eq!(
            package("/", Some("chat-server")).command(false),
            "cargo build -p chat-server"
        );
        assert_eq!(
            package("/", None).command(false),
            "the same program with HUB_CODEGEN=write"
        );
        assert_eq!(
            package("/", Some("chat-server")).command(true),
            "the same program with `Mode::Write`"
        );
    }
}
