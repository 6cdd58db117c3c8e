//! Whether the README names what there is.

use std::collections::BTreeSet;
use std::fs;

/// The features that `Cargo.toml` of a package declares for its users.
fn features(package: &str) -> BTreeSet<String> {
    let path = hub_e2e::workspace().join(package).join("Cargo.toml");
    let manifest = fs::read_to_string(path).unwrap();
    let lines = manifest.lines().skip_while(|line| *line != "[features]");
    let lines = lines.skip(1).take_while(|line| !line.starts_with('['));
    let names = lines.filter_map(|line| line.split_once(" = "));
    names
        .map(|(name, _)| name.to_owned())
        .filter(|name| name != "default" && !name.starts_with("__"))
        .collect()
}

/// The names in the first column of a table, whose head begins so.
fn column(head: &str) -> BTreeSet<String> {
    let readme = fs::read_to_string(hub_e2e::workspace().join("README.md")).unwrap();
    let rows = readme.lines().skip_while(|line| !line.starts_with(head));
    let rows = rows.skip(2).take_while(|line| line.starts_with("| "));
    let cells = rows.filter_map(|row| row.split(" | ").next());
    // Every second part stands between backticks.
    let names = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    names.map(str::to_owned).collect()
}

#[test]
fn every_feature_for_users_stands_in_the_readme() {
    let features = features("hub-runtime");
    assert!(features.contains("server"), "{features:?}");
    assert_eq!(column("| feature of `hub-runtime` |"), features);
}

#[test]
fn features_of_the_other_crates_come_through_the_first() {
    let of_users = features("hub-runtime");
    let more: Vec<_> = features("hub-runtime/core")
        .into_iter()
        .filter(|name| !of_users.contains(name))
        .collect();
    // Which `server` turns on.
    assert_eq!(more, ["axum"]);
    for package in ["codegen", "hub-macros"] {
        assert_eq!(features(package), BTreeSet::new(), "{package}");
    }
}

#[test]
fn every_published_crate_stands_in_the_readme() {
    let expected = ["hub-codegen", "hub-core", "hub-macros", "hub-runtime"];
    assert_eq!(column("| crate |"), expected.map(str::to_owned).into());
}
