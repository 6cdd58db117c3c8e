//! A contract crate is light: whoever shares one does not pay for a server.

use std::process::{Command, Stdio};

fn check(package: &str) {
    let mut tree = Command::new(env!("CARGO"));
    tree.args([
        "tree",
        "--package",
        package,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
    ]);
    tree.args(["--format", "{p}"])
        .current_dir(hub_e2e::workspace())
        .stdin(Stdio::null());
    let output = tree.output().expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let names: Vec<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(
        names.contains(&"hub-core"),
        "{package} has no hub-core in its tree:\n{text}"
    );
    for heavy in ["tokio", "axum", "hyper", "tokio-tungstenite"] {
        assert!(
            !names.contains(&heavy),
            "{package} depends on {heavy}:\n{text}"
        );
    }
}

#[test]
fn the_contract_of_the_chat_is_light() {
    check("chat-contract");
}

#[test]
fn the_contracts_of_the_gallery_are_light() {
    check("gallery-contract");
}

#[test]
fn every_feature_of_a_contract_is_light() {
    check("hub-e2e-contract");
}
