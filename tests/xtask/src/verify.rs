//! `cargo xtask verify`: everything a change has to pass.

use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::process::{self, Finished};
use crate::report::{self, Report, Step};
use crate::{Failure, setup, workspace};

/// The fuzz targets share what the workspace has built.
const FUZZ_TARGET_DIR: [&str; 2] = ["--target-dir", "target"];

/// Runs all steps, goes on after a failed one, and closes with a table and the count of tests.
pub(crate) fn run() -> Result<(), Failure> {
    let mut verify = Verify {
        root: workspace::root(),
        report: Report::default(),
    };
    if verify.setup() {
        verify.lints();
        verify.features();
        verify.tests();
    }
    print!("\n{}", verify.report.render());
    if verify.report.success() {
        Ok(())
    } else {
        Err("verify failed".to_owned())
    }
}

struct Verify {
    root: PathBuf,
    report: Report,
}

impl Verify {
    fn setup(&mut self) -> bool {
        let start = announce("setup");
        let outcome = setup::run();
        let success = outcome.is_ok();
        let output = outcome.err().unwrap_or_default();
        self.close("setup", start, &Finished { success, output }, false);
        success
    }

    fn lints(&mut self) {
        let clippy = ["clippy", "--workspace", "--all-targets"];
        let deny = ["--", "-D", "warnings"];
        let doc = ["doc", "--workspace", "--no-deps", "--all-features"];
        self.step("format", self.cargo().args(["fmt", "--all", "--check"]));
        self.step(
            "format, fuzz targets",
            self.fuzz_targets("fmt").arg("--check"),
        );
        self.step("clippy", self.cargo().args(clippy).args(deny));
        self.step(
            "clippy, all features",
            self.cargo().args(clippy).arg("--all-features").args(deny),
        );
        self.step(
            "clippy, fuzz targets",
            self.fuzz_targets("clippy")
                .args(FUZZ_TARGET_DIR)
                .arg("--all-targets")
                .args(deny),
        );
        self.step(
            "docs",
            self.cargo().args(doc).env("RUSTDOCFLAGS", "-D warnings"),
        );
    }

    /// Each feature alone, and none. Clippy reports what `cargo check` would and treats warnings as
    /// errors for our crates only, so that no dependency is compiled again for other flags.
    fn features(&mut self) {
        for member in workspace::featured(&self.root) {
            let name = format!("each feature of {} alone", member.package);
            let start = announce(&name);
            let mut all = Finished {
                success: true,
                output: String::new(),
            };
            for feature in std::iter::once("").chain(member.features.iter().map(String::as_str)) {
                let one = process::capture(
                    self.cargo()
                        .args([
                            "clippy",
                            "--package",
                            &member.package,
                            "--no-default-features",
                        ])
                        .args(["--features", feature, "--", "-D", "warnings"]),
                );
                all.success &= one.success;
                all.output
                    .push_str(if one.success { "" } else { &one.output });
            }
            self.close(&name, start, &all, false);
        }
    }

    /// The build makes the very artefacts that the tests run with, among them the servers of the
    /// examples, which the tests start as programs.
    fn tests(&mut self) {
        let set = ["--workspace", "--all-features"];
        self.step(
            "build, generated code as committed",
            self.cargo().arg("build").args(set).arg("--all-targets"),
        );
        let mut tests = self.cargo();
        tests.env("HUB_E2E_PREBUILT", "1");
        if process::answers("cargo", &["nextest", "--version"]).is_some() {
            let quiet = ["--status-level", "fail", "--final-status-level", "fail"];
            tests
                .args(["nextest", "run"])
                .args(set)
                .arg("--no-fail-fast")
                .args(quiet);
        } else {
            tests
                .arg("test")
                .args(set)
                .args(["--lib", "--bins", "--tests", "--no-fail-fast"]);
        }
        self.test_step("tests", &mut tests);
        self.test_step(
            "fuzz targets, committed inputs",
            self.fuzz_targets("test").args(FUZZ_TARGET_DIR),
        );
        self.test_step(
            "documentation tests",
            self.cargo()
                .args(["test", "--doc", "--no-fail-fast"])
                .args(set),
        );
    }

    /// The fuzz targets are no members of the workspace. To fuzz is another command, but what the
    /// targets check, they check here with the inputs that are committed, which costs seconds: nearly
    /// all that they stand on has been built already.
    fn fuzz_targets(&self, what: &str) -> Command {
        let mut command = self.cargo();
        command.args([what, "--manifest-path", "tests/fuzz/Cargo.toml"]);
        command
    }

    /// Generated files are compared and never written during a run: one setting for every step, so
    /// that no build script runs twice.
    fn cargo(&self) -> Command {
        let mut command = process::cargo(&self.root);
        command.env("HUB_CODEGEN", "check");
        command
    }

    fn step(&mut self, name: &str, command: &mut Command) {
        let start = announce(name);
        self.close(name, start, &process::capture(command), false);
    }

    fn test_step(&mut self, name: &str, command: &mut Command) {
        let start = announce(name);
        self.close(name, start, &process::capture(command), true);
    }

    fn close(&mut self, name: &str, start: Instant, finished: &Finished, is_test: bool) {
        let counts = is_test.then(|| report::count(&finished.output));
        let took = start.elapsed();
        if !finished.success {
            println!("{}\n{name} FAILED", finished.output.trim_end());
        }
        self.report.add(Step {
            name: name.to_owned(),
            success: finished.success,
            took,
            counts,
        });
    }
}

fn announce(name: &str) -> Instant {
    println!("> {name}");
    Instant::now()
}
