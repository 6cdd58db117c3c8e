//! AsyncAPI and JSON Schema, as files, and what the official parsers say of them.

use crate::contracts::{CanvasHub, ChatHub, NumbersHub, RoomHub};
use expect_test::expect_file;
use hub_codegen::{Config, LargeIntegers, Mode};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An empty folder of the test's own, with both documents in it.
fn documents(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("documents")
        .join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    config(Mode::Write, &folder).try_run().unwrap();
    folder
}

fn config(mode: Mode, folder: &Path) -> Config {
    Config::new(mode)
        .large_integers(LargeIntegers::Number)
        .hub::<dyn NumbersHub>()
        .hub::<dyn ChatHub>()
        .hub::<dyn CanvasHub>()
        .hub::<dyn RoomHub>()
        .asyncapi(folder.join("asyncapi.json"))
        .json_schema(folder.join("schema.json"))
}

#[test]
fn documents_have_golden_copies() {
    let folder = documents("golden");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    expect_file!["../documents/asyncapi.json"].assert_eq(&read("asyncapi.json"));
    expect_file!["../documents/schema.json"].assert_eq(&read("schema.json"));
}

#[test]
fn documents_are_checked_like_other_files() {
    let folder = documents("check");
    config(Mode::Check, &folder).try_run().unwrap();
    let path = folder.join("schema.json");
    let edited = fs::read_to_string(&path)
        .unwrap()
        .replace("ChatMessage", "Message");
    fs::write(&path, edited).unwrap();
    let error = config(Mode::Check, &folder)
        .try_run()
        .unwrap_err()
        .to_string();
    assert!(error.contains("schema.json (JSON Schema):\n"), "{error}");
}

#[test]
fn the_official_parsers_accept_the_documents() {
    let folder = documents("parsers");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/js/documents.mjs");
    let output = Command::new("node").arg(&script).arg(&folder).output();
    let output = output.expect("Node is needed for this test");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
    assert_eq!(
        text.trim(),
        "4 channels, 20 operations, 3 of them secured, 3 errors"
    );
}
