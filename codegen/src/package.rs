//! The package that is being built, as cargo tells its build script.

use std::env;
use std::path::{Component, PathBuf};

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

    /// Whether this is the copy that `cargo package` builds: it may not change its sources.
    pub(crate) fn is_packaged(&self) -> bool {
        let parts: Vec<_> = self.root.components().collect();
        let is = |part: &Component<'_>, name: &str| part.as_os_str() == name;
        parts
            .windows(2)
            .any(|pair| is(&pair[0], "target") && is(&pair[1], "package"))
    }

    /// What brings the files up to date.
    pub(crate) fn command(&self) -> String {
        match &self.name {
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
    fn a_packaged_copy_is_recognised_by_its_folder() {
        assert!(package("/home/me/chat/target/package/chat-server-0.1.0", None).is_packaged());
        assert!(!package("/home/me/chat/server", None).is_packaged());
        assert!(!package("/home/me/package/target", None).is_packaged());
        assert!(!package("/home/me/target/packages", None).is_packaged());
    }

    #[test]
    fn the_command_mends() {
        assert_eq!(
            package("/", Some("chat-server")).command(),
            "cargo build -p chat-server"
        );
        assert_eq!(
            package("/", None).command(),
            "the same program with HUB_CODEGEN=write"
        );
    }
}
