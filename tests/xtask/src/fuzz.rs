//! `cargo xtask fuzz`: the fuzz targets of `tests/fuzz`, each for a bounded time.

mod outcome;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use self::outcome::Outcome;
use crate::process::{self, Finished};
use crate::{Failure, setup, workspace};

#[derive(Debug, PartialEq)]
struct Options {
    targets: Vec<String>,
    seconds: u32,
    /// Whether what was found is to be committed.
    keep: bool,
}

/// Runs the targets one after the other, goes on after a finding, and closes with a table.
pub(crate) fn run(words: &[&str]) -> Result<(), Failure> {
    let root = workspace::root();
    let options = parse(words, &targets(&root))?;
    setup::fuzzing(&root)?;
    let fuzz = Fuzz {
        sanitizer: sanitizer(&root)?,
        root,
    };
    fuzz.build()?;
    process::show(fuzz.corpus().arg("unpack"))?;
    let mut outcomes = Vec::new();
    for target in &options.targets {
        println!("> {target}, {} s", options.seconds);
        let finished = fuzz.run(target, options.seconds);
        if !finished.success {
            println!("{}", finished.output.trim_end());
        }
        outcomes.push(Outcome::read(target, &finished));
    }
    print!("\n{}", outcome::table(&outcomes));
    if !outcomes.iter().all(Outcome::success) {
        return Err(outcome::findings(&outcomes, &fuzz.root));
    }
    if options.keep {
        fuzz.keep(&options.targets)?;
    }
    Ok(())
}

fn parse(words: &[&str], known: &[String]) -> Result<Options, Failure> {
    let mut options = Options {
        targets: Vec::new(),
        seconds: 60,
        keep: false,
    };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--seconds" => {
                let seconds = words.next().and_then(|seconds| seconds.parse().ok());
                options.seconds = seconds.ok_or("--seconds wants a number")?;
            }
            "--keep" => options.keep = true,
            target if known.iter().any(|known| known == target) => {
                options.targets.push(target.to_owned());
            }
            other => {
                let known = known.join(", ");
                return Err(format!("`{other}` is no target; there are {known}"));
            }
        }
    }
    if options.targets.is_empty() {
        options.targets = known.to_vec();
    }
    Ok(options)
}

/// The names of all targets, sorted.
fn targets(root: &Path) -> Vec<String> {
    let files = fs::read_dir(folder(root).join("targets"));
    let files = files.into_iter().flatten().flatten();
    let names = files.filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_owned()));
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

fn folder(root: &Path) -> PathBuf {
    root.join("tests/fuzz")
}

/// The sanitizer to build with. Rust's own checks find most, so that fuzzing without any is worth
/// its while where the address sanitizer's runtime is missing or cannot run.
fn sanitizer(root: &Path) -> Result<&'static str, Failure> {
    let scratch = root.join("target/fuzz");
    let source = scratch.join("sanitizer.rs");
    let program = scratch.join("sanitizer");
    let written = fs::create_dir_all(&scratch).and_then(|()| fs::write(&source, "fn main() {}"));
    written.map_err(|error| format!("{}: {error}", source.display()))?;
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut compile = Command::new(rustc);
    let compiled = process::capture(unstable(&mut compile).arg("-Zsanitizer=address").args([
        source.as_path(),
        "-o".as_ref(),
        &program,
    ]));
    if compiled.success && process::capture(&mut Command::new(program)).success {
        return Ok("address");
    }
    println!(
        "The address sanitizer does not work here, so the targets are built without \
         (--sanitizer none). The compiler says:\n{}",
        compiled.output.trim_end()
    );
    Ok("none")
}

/// Coverage for a fuzzer and sanitizers are unstable options of the compiler. The stable one has
/// them all the same, and takes them with this variable: one toolchain less to install. It is set for
/// these programs alone.
fn unstable(command: &mut Command) -> &mut Command {
    command.env("RUSTC_BOOTSTRAP", "1")
}

struct Fuzz {
    root: PathBuf,
    sanitizer: &'static str,
}

impl Fuzz {
    fn build(&self) -> Result<(), Failure> {
        process::show(&mut self.cargo_fuzz("build"))
    }

    fn run(&self, target: &str, seconds: u32) -> Finished {
        process::capture(
            self.cargo_fuzz("run")
                .arg(target)
                .arg(folder(&self.root).join("corpus").join(target))
                .arg("--")
                .arg(format!("-max_total_time={seconds}"))
                // A hang is a finding, and so is memory that is reserved for a claim.
                .args(["-timeout=10", "-malloc_limit_mb=64"])
                .args(["-print_final_stats=1", "-verbosity=0"]),
        )
    }

    /// Commits for each target the fewest of its inputs that reach all that was reached.
    fn keep(&self, targets: &[String]) -> Result<(), Failure> {
        for target in targets {
            let fewest = self.root.join("target/fuzz/fewest").join(target);
            // What an earlier run has left would be kept, whatever it reaches.
            let _ = fs::remove_dir_all(&fewest);
            fs::create_dir_all(&fewest).map_err(|error| error.to_string())?;
            let found = folder(&self.root).join("corpus").join(target);
            let mut merge = self.cargo_fuzz("run");
            merge.arg(target).args([&fewest, &found]);
            let finished =
                process::capture(merge.args(["--", "-set_cover_merge=1", "-use_counters=0"]));
            if !finished.success {
                return Err(finished.output);
            }
            process::show(self.corpus().arg("commit").arg(target).arg(&fewest))?;
        }
        Ok(())
    }

    fn cargo_fuzz(&self, what: &str) -> Command {
        let mut command = process::cargo(&self.root);
        unstable(&mut command)
            .args(["fuzz", what, "--fuzz-dir", "tests/fuzz"])
            .args(["--sanitizer", self.sanitizer]);
        command
    }

    /// The program that knows how inputs are committed.
    fn corpus(&self) -> Command {
        let mut command = process::cargo(&self.root);
        command
            .args(["run", "--quiet", "--target-dir", "target"])
            .args(["--manifest-path", "tests/fuzz/Cargo.toml"])
            .args(["--example", "corpus", "--"]);
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &[&str], targets: &[&str], seconds: u32, keep: bool) {
        let known = ["json".to_owned(), "session".to_owned()];
        let expected = Options {
            targets: targets.iter().map(|&target| target.to_owned()).collect(),
            seconds,
            keep,
        };
        assert_eq!(parse(words, &known), Ok(expected));
    }

    #[test]
    fn options_have_defaults_and_any_order() {
        check(&[], &["json", "session"], 60, false);
        check(&["session"], &["session"], 60, false);
        check(&["--seconds", "5", "json", "--keep"], &["json"], 5, true);
    }

    #[test]
    fn mistakes_are_named() {
        let known = ["json".to_owned()];
        let error = |words: &[&str]| parse(words, &known).unwrap_err();
        assert!(error(&["jsno"]).contains("`jsno` is no target; there are json"));
        assert!(error(&["--seconds"]).contains("--seconds wants"));
    }

    #[test]
    fn the_targets_are_found() {
        assert!(targets(&workspace::root()).contains(&"message_pack".to_owned()));
    }
}
