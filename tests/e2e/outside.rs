//! `tests/outside`: the ways in which users run the code generation, and what `cargo package` says
//! of a package whose build script does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the project finds in this checkout in place of the registry.
const OURS: [(&str, &str); 4] = [
    ("hub-codegen", "codegen"),
    ("hub-core", "hub-runtime/core"),
    ("hub-macros", "hub-macros"),
    ("hub-runtime", "hub-runtime"),
];

/// One test, since all of it compiles once.
#[test]
fn typescript_comes_from_a_build_script_a_binary_and_a_test_and_packages_can_be_published() {
    let project = Project::new();
    let (server, single) = ("server/web/src/hubs", "single/web/src/hubs");

    project.succeeds(&["build", "-p", "outside-server"]);
    assert_eq!(project.files(server), ["echo-hub.ts", "hub-runtime.ts"]);

    let said = project.fails(&["test", "-p", "outside-single"]);
    assert!(said.contains("generated files are out of date"), "{said}");
    assert!(
        said.contains("web/src/hubs/echo-hub.ts (TypeScript): missing"),
        "{said}"
    );
    project.succeeds(&["run", "-p", "outside-single", "--features", "codegen"]);
    assert_eq!(project.files(single), ["echo-hub.ts", "hub-runtime.ts"]);
    project.succeeds(&["test", "-p", "outside-single"]);

    for package in ["outside-server", "outside-single"] {
        project.succeeds(&["package", "--allow-dirty", "-p", package]);
    }
    let packaged = "built/package/outside-server-0.1.0";
    assert!(
        project
            .folder
            .join(packaged)
            .join("web/src/main.ts")
            .is_file()
    );
    assert!(!project.folder.join(packaged).join("web/src/hubs").exists());
}

/// A copy of `tests/outside`.
struct Project {
    folder: PathBuf,
}

impl Project {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside");
        let template = hub_e2e::workspace().join("tests/outside");
        for part in ["contract", "server", "single"] {
            let _ = fs::remove_dir_all(folder.join(part));
        }
        copy(&template, &folder);
        // The versions that have been tested, and that are at hand without a network.
        let lock = hub_e2e::workspace().join("Cargo.lock");
        fs::copy(lock, folder.join("Cargo.lock")).unwrap();
        Self { folder }
    }

    fn succeeds(&self, arguments: &[&str]) {
        let output = self.cargo(arguments);
        let success = output.status.success();
        assert!(success, "cargo {arguments:?} failed:\n{}", said(&output));
    }

    fn fails(&self, arguments: &[&str]) -> String {
        let output = self.cargo(arguments);
        assert!(!output.status.success(), "cargo {arguments:?} should fail");
        said(&output)
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(&self.folder);
        // What the run around this one has set for its own packages.
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_") && name != "CARGO_HOME" || name == "HUB_CODEGEN" {
                cargo.env_remove(&*name);
            }
        }
        cargo.args(arguments).arg("--offline");
        // Not called `target`, as with many users.
        cargo.arg("--target-dir").arg(self.folder.join("built"));
        for (package, folder) in OURS {
            patch(&mut cargo, package, &hub_e2e::workspace().join(folder));
        }
        patch(
            &mut cargo,
            "outside-contract",
            &self.folder.join("contract"),
        );
        cargo.output().expect("cargo runs")
    }

    fn files(&self, folder: &str) -> Vec<String> {
        let entries = fs::read_dir(self.folder.join(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

/// Has cargo take a package from a folder in place of the registry.
fn patch(cargo: &mut Command, package: &str, folder: &Path) {
    let folder = folder.display().to_string();
    cargo.arg("--config");
    cargo.arg(format!("patch.crates-io.{package}.path={folder:?}"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn said(output: &Output) -> String {
    let text = String::from_utf8_lossy;
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}
