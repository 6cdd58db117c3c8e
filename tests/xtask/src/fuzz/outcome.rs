//! What a run of a fuzzer has to say at its end.

use std::fmt::Write as _;
use std::path::Path;

use crate::process::Finished;

/// How the run of one target ended.
#[derive(Debug, PartialEq)]
pub(super) struct Outcome {
    target: String,
    runs: u64,
    runs_per_second: u64,
    new_units: u64,
    end: End,
}

#[derive(Debug, PartialEq)]
enum End {
    Well,
    /// The input that did it is in this file.
    Found(String),
    /// The fuzzer itself did not work.
    Broken,
}

impl Outcome {
    pub(super) fn read(target: &str, finished: &Finished) -> Self {
        let number = |name: &str| {
            let lines = finished.output.lines().rev();
            let mut values = lines.filter_map(|line| line.strip_prefix(name));
            let value = values.find_map(|value| value.trim_start_matches(':').trim().parse().ok());
            value.unwrap_or(0)
        };
        let written = finished.output.split_once("Test unit written to ");
        let file = written.and_then(|(_, rest)| rest.lines().next());
        Self {
            target: target.to_owned(),
            runs: number("stat::number_of_executed_units"),
            runs_per_second: number("stat::average_exec_per_sec"),
            new_units: number("stat::new_units_added"),
            end: match file {
                _ if finished.success => End::Well,
                Some(file) => End::Found(file.to_owned()),
                None => End::Broken,
            },
        }
    }

    pub(super) fn success(&self) -> bool {
        self.end == End::Well
    }
}

/// One line for each target.
pub(super) fn table(outcomes: &[Outcome]) -> String {
    let names = outcomes.iter().map(|outcome| outcome.target.len());
    let width = names.max().unwrap_or(0).max("target".len());
    let mut text = format!("{:width$}        runs   exec/s  new units\n", "target");
    for outcome in outcomes {
        let end = match outcome.end {
            End::Well => "ok",
            End::Found(_) => "CRASH",
            End::Broken => "FAILED",
        };
        let _ = writeln!(
            text,
            "{:width$}  {:>10}  {:>7}  {:>9}  {end}",
            outcome.target, outcome.runs, outcome.runs_per_second, outcome.new_units,
        );
    }
    text
}

/// How each finding can be looked at: with the target's plain program, which needs no fuzzer.
pub(super) fn findings(outcomes: &[Outcome], root: &Path) -> String {
    let mut text = "fuzzing failed\n".to_owned();
    for outcome in outcomes {
        if let End::Found(file) = &outcome.end {
            let file = Path::new(file);
            let file = file.strip_prefix(root).unwrap_or(file);
            let _ = writeln!(
                text,
                "\n{} crashes; to reproduce it run\n\n    \
                 cargo run --manifest-path tests/fuzz/Cargo.toml --target-dir target --bin {} -- {}",
                outcome.target,
                outcome.target,
                file.display()
            );
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATS: &str = "stat::number_of_executed_units: 577328\n\
                         stat::average_exec_per_sec:     9464\n\
                         stat::new_units_added:          5510\n";

    fn read(success: bool, output: &str) -> Outcome {
        let output = output.to_owned();
        Outcome::read("json", &Finished { success, output })
    }

    #[test]
    fn a_good_run_is_a_line_of_numbers() {
        let outcome = read(true, STATS);
        assert!(outcome.success());
        assert_eq!(
            table(&[outcome]),
            "target        runs   exec/s  new units\n\
             json        577328     9464       5510  ok\n"
        );
    }

    #[test]
    fn a_finding_says_how_to_reproduce_it() {
        let written = "artifact_prefix='x'; Test unit written to /home/a/crash-1\nBase64: eA==\n";
        let outcomes = [read(false, &format!("{written}{STATS}"))];
        assert!(!outcomes[0].success());
        assert!(table(&outcomes).ends_with("5510  CRASH\n"));
        let text = findings(&outcomes, Path::new("/home"));
        assert!(text.ends_with("--bin json -- a/crash-1\n"), "{text}");
    }

    #[test]
    fn a_fuzzer_that_does_not_start_is_a_failure() {
        let outcome = read(false, "error: could not compile\n");
        assert!(!outcome.success());
        assert!(table(&[outcome]).ends_with("0  FAILED\n"));
    }
}
