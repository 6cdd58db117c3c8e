//! The servers of the examples, as programs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workspace;

/// The program of an example's package, built if need be.
///
/// `cargo xtask verify` has built all of them just before and says so by `HUB_E2E_PREBUILT`; a
/// single test run at a desk must not find a program of yesterday.
pub fn example(package: &str) -> PathBuf {
    if std::env::var_os("HUB_E2E_PREBUILT").is_none() {
        let mut build = Command::new(env!("CARGO"));
        build
            .current_dir(workspace())
            .args(["build", "--quiet", "--package", package]);
        let status = build.stdin(Stdio::null()).status().expect("cargo runs");
        assert!(status.success(), "`cargo build --package {package}` failed");
    }
    let program = target_folder()
        .join(package)
        .with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        program.is_file(),
        "`cargo build --package {package}` left no {}",
        program.display()
    );
    program
}

/// Test programs stand in `deps`, one below the programs of packages.
fn target_folder() -> PathBuf {
    let test = std::env::current_exe().expect("the path of this program");
    test.ancestors()
        .nth(2)
        .map(Path::to_path_buf)
        .expect("a folder above `deps`")
}
