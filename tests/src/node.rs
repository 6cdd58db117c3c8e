//! Node: compiles the TypeScript of `tests/js` and runs it with Node's own test runner.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::{SETUP, both, workspace};

/// Programs that start Debian's Chromium, by preference.
const CHROMIUM: [&str; 2] = ["chromium", "chromium-browser"];

/// One file of tests in `tests/js/src`, and what it is told by its environment.
#[derive(Debug)]
#[must_use = "a suite does nothing unless it is run"]
pub struct Suite {
    name: &'static str,
    environment: Vec<(&'static str, String)>,
}

impl Suite {
    /// The tests in `tests/js/src/<name>.test.ts`.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            environment: Vec::new(),
        }
    }

    /// Tells the suite something.
    pub fn tell(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// Tells the suite which browser to start.
    pub fn with_browser(self) -> Self {
        self.tell("CHROMIUM", chromium())
    }

    /// Runs the suite and fails with its output if one of its tests fails, or if it has none.
    pub fn run(self) {
        self.rows().expect_success();
    }

    /// Runs the suite and gives the rows of the table that its tests have printed.
    pub fn rows(self) -> Rows {
        let file = compiled().join(format!("{}.test.js", self.name));
        let mut node = Command::new("node");
        node.arg("--test")
            .arg("--test-reporter=spec")
            .arg(file)
            .envs(self.environment);
        let output = run(&mut node, &folder());
        let text = String::from_utf8_lossy(&output.stdout);
        let passed = text
            .lines()
            .find_map(|line| line.split("pass ").nth(1)?.parse::<u32>().ok());
        let rows = text.lines().filter(|line| line.starts_with("| "));
        Rows {
            text: rows.flat_map(|row| [row, "\n"]).collect(),
            failure: (!output.status.success() || passed.is_none_or(|passed| passed == 0))
                .then(|| format!("suite {} failed:\n{}", self.name, both(&output))),
        }
    }
}

/// How a suite went.
#[derive(Debug)]
#[must_use = "a failure is only one when it is looked at"]
pub struct Rows {
    /// What its tests have printed of a table: lines that begin with `| `.
    pub text: String,
    failure: Option<String>,
}

impl Rows {
    /// Adds them to the file that an environment variable names, if it is set.
    pub fn collect(&self, variable: &str) {
        let Some(file) = std::env::var_os(variable) else {
            return;
        };
        let file = fs::OpenOptions::new().create(true).append(true).open(file);
        // In one write, since other suites write at the same time.
        let written = file.and_then(|mut file| file.write_all(self.text.as_bytes()));
        written.expect("the table can be written");
    }

    /// Fails with the suite's output if one of its tests failed, or if it had none.
    pub fn expect_success(self) {
        if let Some(failure) = self.failure {
            panic!("{failure}");
        }
    }
}

/// Checks all TypeScript of the tests, the generated client among it, with the strict compiler.
pub fn check_types() {
    compiled();
}

/// Checks the script of the explorer's page with the strict compiler, and that the official client
/// beside it is the one that is installed.
pub fn check_explorer() {
    let folder = folder();
    installed(&folder);
    let compiler = folder.join("node_modules/.bin/tsc");
    let types = run(
        Command::new(compiler).args(["--project", "explorer.tsconfig.json"]),
        &folder,
    );
    assert!(
        types.status.success(),
        "the explorer's page does not compile:\n{}",
        both(&types)
    );
    let client = workspace().join("hub-runtime/src/explorer/client/signalr.js.gz");
    let bundled = run(
        Command::new("node")
            .args(["explorer-client.mjs", "--check"])
            .arg(client),
        &folder,
    );
    assert!(bundled.status.success(), "{}", both(&bundled));
}

/// Type-checks and bundles a page, e.g. `examples/chat/web`.
pub fn build_page(page: &str) {
    build(page, Command::new("npm").args(["run", "build"]));
}

/// The same for development: with what libraries check there only, React's strict mode among it.
pub fn build_page_for_development(page: &str) {
    let development = ["run", "build", "--", "--mode", "development"];
    build(
        page,
        Command::new("npm")
            .args(development)
            .env("NODE_ENV", "development"),
    );
}

fn build(page: &str, npm: &mut Command) {
    let folder = workspace().join(page);
    installed(&folder);
    let output = run(npm, &folder);
    assert!(
        output.status.success(),
        "{page} cannot be built:\n{}",
        both(&output)
    );
}

/// The folder of the compiled suites. It carries the sources' hash in its name, so that tests that
/// run beside each other compile once or twice at most, and never disturb each other.
fn compiled() -> PathBuf {
    let folder = folder();
    installed(&folder);
    let done = folder
        .join("dist")
        .join(format!("{:016x}", hash_of_sources(&folder)));
    if done.is_dir() {
        return done;
    }
    let draft = folder
        .join("dist")
        .join(format!("draft-{}", std::process::id()));
    let compiler = folder.join("node_modules/.bin/tsc");
    let output = run(Command::new(compiler).arg("--outDir").arg(&draft), &folder);
    assert!(
        output.status.success(),
        "the tests do not compile:\n{}",
        both(&output)
    );
    // Somebody else may have been faster, and made the same.
    if fs::rename(&draft, &done).is_err() {
        fs::remove_dir_all(&draft).expect("the draft can be removed");
    }
    done
}

fn hash_of_sources(folder: &Path) -> u64 {
    let mut files = vec![
        folder.join("package-lock.json"),
        folder.join("tsconfig.json"),
    ];
    for part in ["src", "src/browser", "src/hubs"] {
        let entries = fs::read_dir(folder.join(part)).expect("the sources are there");
        files.extend(
            entries
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| path.is_file()),
        );
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        hasher.write(file.as_os_str().as_encoded_bytes());
        hasher.write(&fs::read(file).expect("a source can be read"));
    }
    hasher.finish()
}

fn chromium() -> String {
    let answers = |program: &&str| {
        let mut command = Command::new(program);
        command
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .is_ok_and(|out| out.status.success())
    };
    let found = CHROMIUM.into_iter().find(answers);
    let program = found.unwrap_or_else(|| panic!("Chromium is not installed: {SETUP}"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let file = std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|f| f.is_file());
    file.map_or_else(|| program.to_owned(), |file| file.display().to_string())
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("js")
}

fn installed(folder: &Path) {
    let packages = folder.join("node_modules");
    assert!(
        packages.is_dir(),
        "{} is missing: {SETUP}",
        packages.display()
    );
}

fn run(command: &mut Command, folder: &Path) -> Output {
    // A run inside of another run of Node's test runner would report to that one.
    command
        .current_dir(folder)
        .stdin(Stdio::null())
        .env_remove("NODE_TEST_CONTEXT");
    let program = command.get_program().to_owned();
    command
        .output()
        .unwrap_or_else(|error| panic!("{} cannot run ({error}): {SETUP}", program.display()))
}
