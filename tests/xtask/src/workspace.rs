//! Where things stand: the root, its members, their features, the pages with a lock file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Failure;

/// The folder of the workspace's manifest.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The folder that cargo builds into, as this program was built by it.
pub(crate) fn target() -> Result<PathBuf, Failure> {
    let program =
        std::env::current_exe().map_err(|error| format!("this program's path: {error}"))?;
    let folder = program.ancestors().nth(2).map(Path::to_path_buf);
    folder.ok_or_else(|| format!("{} stands in no folder of cargo's", program.display()))
}

/// A member that has features, each of which must build alone.
pub(crate) struct Featured {
    pub(crate) package: String,
    pub(crate) features: Vec<String>,
}

/// The members that have features, in the order of the workspace's manifest.
pub(crate) fn featured(root: &Path) -> Vec<Featured> {
    let manifest = read(&root.join("Cargo.toml"));
    let members = members(&manifest);
    members
        .iter()
        .filter_map(|member| features(&read(&root.join(member).join("Cargo.toml"))))
        .collect()
}

/// The folders of npm packages: those with a lock file, outside of what is built or installed.
pub(crate) fn npm_folders(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for top in ["examples", "tests"] {
        visit(&root.join(top), &mut found);
    }
    found.sort();
    found
}

fn visit(folder: &Path, found: &mut Vec<PathBuf>) {
    if folder.join("package-lock.json").is_file() {
        found.push(folder.to_path_buf());
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let skipped = [".venv", "node_modules", "target", "dist"]
            .iter()
            .any(|skipped| name == *skipped);
        if !skipped && entry.path().is_dir() {
            visit(&entry.path(), found);
        }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn members(manifest: &str) -> Vec<String> {
    let lines = manifest
        .lines()
        .skip_while(|line| line.trim() != "members = [")
        .skip(1);
    let lines = lines.map(str::trim).take_while(|line| *line != "]");
    let entries = lines.filter(|line| line.starts_with('"'));
    entries
        .map(|line| line.trim_matches(['"', ',', ' ']).to_owned())
        .collect()
}

fn features(manifest: &str) -> Option<Featured> {
    let section = |name| {
        manifest
            .lines()
            .skip_while(move |line| line.trim() != name)
            .skip(1)
    };
    let package = section("[package]").find_map(|line| line.strip_prefix("name = "))?;
    let lines = section("[features]").take_while(|line| !line.starts_with('['));
    let names = lines.filter(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()));
    let names = names.filter_map(|line| line.split_once(" = ").map(|(name, _)| name.to_owned()));
    let features: Vec<String> = names.filter(|name| name != "default").collect();
    let package = package.trim_matches('"').to_owned();
    (!features.is_empty()).then_some(Featured { package, features })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_line_by_line() {
        let manifest =
            "[workspace]\nmembers = [\n    \"a\",\n    # a remark\n    \"b/c\",\n]\n[other]\n";
        assert_eq!(members(manifest), ["a", "b/c"]);
    }

    #[test]
    fn features_leave_out_the_default_and_the_lines_inside_a_list() {
        let manifest = "[package]\nname = \"p\"\n[features]\ndefault = [\"a\"]\n# why\na = []\nb = [\n    \"dep:x\",\n]\n[dependencies]\nc = \"1\"\n";
        let featured = features(manifest).expect("has features");
        assert_eq!(
            (featured.package.as_str(), featured.features),
            ("p", vec!["a".into(), "b".into()])
        );
    }

    #[test]
    fn the_runtime_is_found_with_its_features() {
        let featured = featured(&root());
        let runtime = featured
            .iter()
            .find(|member| member.package == "hub-runtime");
        assert!(runtime.is_some_and(|member| member.features.iter().any(|name| name == "server")));
    }
}
