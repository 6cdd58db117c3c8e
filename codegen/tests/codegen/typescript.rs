//! What the strict compiler and Node make of the golden files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The strictest settings a project may use.
const OPTIONS: &str = r#"
    "strict": true,
    "exactOptionalPropertyTypes": true,
    "noUncheckedIndexedAccess": true,
    "noImplicitReturns": true,
    "noImplicitOverride": true,
    "noUnusedLocals": true,
    "noUnusedParameters": true,
    "noPropertyAccessFromIndexSignature": true,
    "verbatimModuleSyntax": true,
    "isolatedModules": true,
    "skipLibCheck": true,
    "types": [],
"#;

#[test]
fn strict_compilers_accept_the_golden_files() {
    for resolution in [
        r#""module": "ESNext", "moduleResolution": "Bundler""#,
        r#""module": "NodeNext", "moduleResolution": "NodeNext""#,
    ] {
        let libraries = r#""target": "ES2020", "lib": ["ES2020", "DOM"]"#;
        let folder = project("strict", &["consumer.ts", "frameworks.ts"]);
        compile(
            &folder,
            &format!("{resolution}, {libraries}, \"noEmit\": true"),
        );
    }
}

#[test]
fn registrations_are_disposable_where_the_compiler_knows_it() {
    let folder = project("disposable", &["disposable.ts"]);
    let libraries = r#""target": "ES2022", "lib": ["ES2022", "ESNext.Disposable", "DOM"]"#;
    compile(
        &folder,
        &format!(r#""module": "NodeNext", {libraries}, "noEmit": true"#),
    );
}

#[test]
fn generated_classes_behave() {
    let suites = ["behaviour", "lifecycle", "fake", "rxjs", "svelte", "vue"];
    let suites = suites.map(|suite| format!("{suite}.test.mjs"));
    let suites = suites.each_ref().map(String::as_str);
    let folder = project("behaviour", &suites);
    compile(
        &folder,
        r#""module": "NodeNext", "target": "ES2020", "lib": ["ES2020", "DOM"]"#,
    );
    run(Command::new("node")
        .arg("--test")
        .args(suites)
        .current_dir(&folder));
}

/// A folder with the golden files, and some of the files of `tests/js`.
fn project(name: &str, files: &[&str]) -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("typescript")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for entry in fs::read_dir(tests.join("golden")).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    for file in files {
        fs::copy(tests.join("js").join(file), folder.join(file)).unwrap();
    }
    fs::write(
        folder.join("package.json"),
        r#"{ "type": "module", "private": true }"#,
    )
    .unwrap();
    link(&node_modules(), &folder.join("node_modules"));
    folder
}

/// The packages of the end-to-end tests: the compiler and the client library.
fn node_modules() -> PathBuf {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/js/node_modules");
    assert!(
        modules.join("typescript").is_dir() && modules.join("@microsoft/signalr").is_dir(),
        "the npm packages of the tests are not installed; run `cargo xtask setup`"
    );
    modules.canonicalize().unwrap()
}

#[cfg(unix)]
fn link(target: &Path, link: &Path) {
    std::os::unix::fs::symlink(target, link).unwrap();
}

#[cfg(windows)]
fn link(target: &Path, link: &Path) {
    std::os::windows::fs::symlink_dir(target, link).unwrap();
}

fn compile(folder: &Path, options: &str) {
    let modules = node_modules();
    let config =
        format!(r#"{{ "compilerOptions": {{ {OPTIONS} {options} }}, "include": ["*.ts"] }}"#);
    fs::write(folder.join("tsconfig.json"), config).unwrap();
    run(Command::new("node")
        .arg(modules.join("typescript/bin/tsc"))
        .current_dir(folder));
}

fn run(command: &mut Command) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("Node is needed for this test");
    let (stdout, stderr) = (
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr),
    );
    assert!(status.success(), "{command:?} failed\n{stdout}{stderr}");
}
