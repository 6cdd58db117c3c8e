//! What users read when they make a mistake: one mistake a file, with the whole output beside it.
//!
//! `TRYBUILD=overwrite cargo test -p hub-macros --test ui` writes the outputs anew.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

/// The compiler whose words the committed outputs are.
const PINNED: &str = "rustc 1.95.";

#[test]
fn ui() {
    let compiler = compiler();
    if compiler.starts_with(PINNED) {
        let cases = trybuild::TestCases::new();
        cases.pass("tests/ui/pass/*.rs");
        cases.compile_fail("tests/ui/*.rs");
        return;
    }
    println!(
        "The outputs are those of {PINNED}x, and this is {compiler}: only checking that every"
    );
    println!("mistake is an error.");
    // With this variable trybuild takes any output for the right one; a variable has to be set
    // before a process begins.
    let status = Command::new(env::current_exe().expect("the test's own path"))
        .args([
            "--exact",
            "every_mistake_is_an_error",
            "--ignored",
            "--nocapture",
        ])
        .env("TRYBUILD", "overwrite")
        .status()
        .expect("the test can be run again");
    assert!(status.success());
}

#[test]
#[ignore = "run by `ui` under compilers with other words"]
fn every_mistake_is_an_error() {
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui");
    fs::create_dir_all(&copies).expect("a folder for copies");
    let mut count = 0;
    for file in fs::read_dir("tests/ui").expect("the tests") {
        let file = file.expect("a test").path();
        if file.extension().is_some_and(|extension| extension == "rs") {
            let copy = copies.join(file.file_name().expect("a file's name"));
            fs::copy(&file, copy).expect("a copy");
            count += 1;
        }
    }
    assert!(count >= 35, "the tests are gone: {count}");
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail(copies.join("*.rs"));
}

fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .arg("--version")
        .output()
        .expect("rustc tells its version");
    String::from_utf8(output.stdout).expect("the version is text")
}
