//! What a run of `verify` has to say at its end.

use std::fmt::Write as _;
use std::time::Duration;

/// Tests that ran, and how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

/// One step of the run.
pub(crate) struct Step {
    pub(crate) name: String,
    pub(crate) success: bool,
    pub(crate) took: Duration,
    pub(crate) counts: Option<Counts>,
}

/// All steps so far.
#[derive(Default)]
pub(crate) struct Report {
    steps: Vec<Step>,
}

impl Report {
    pub(crate) fn add(&mut self, step: Step) {
        self.steps.push(step);
    }

    pub(crate) fn success(&self) -> bool {
        self.steps.iter().all(|step| step.success)
    }

    /// The sum over all steps. A failed step without a failed test counts as one failure, so that
    /// the last line never reads `0 failed` after a run that failed.
    pub(crate) fn counts(&self) -> Counts {
        self.steps.iter().fold(Counts::default(), |sum, step| {
            let counts = step.counts.unwrap_or_default();
            let failed = counts.failed.max(usize::from(!step.success));
            Counts {
                passed: sum.passed + counts.passed,
                failed: sum.failed + failed,
            }
        })
    }

    /// The closing table and, on a line of its own, the count of tests.
    pub(crate) fn render(&self) -> String {
        let width = self
            .steps
            .iter()
            .map(|step| step.name.chars().count())
            .max()
            .unwrap_or(0);
        let mut text = String::new();
        for step in &self.steps {
            let state = if step.success { "ok" } else { "FAILED" };
            let tests = step
                .counts
                .map(|counts| format!("  {} tests", counts.passed + counts.failed));
            let seconds = step.took.as_secs_f32();
            let line = format!(
                "{:width$}  {state:6}  {seconds:6.1} s{}",
                step.name,
                tests.unwrap_or_default()
            );
            let _ = writeln!(text, "{line}");
        }
        let total: Duration = self.steps.iter().map(|step| step.took).sum();
        let _ = writeln!(
            text,
            "{:width$}  {:6}  {:6.1} s\n",
            "total",
            "",
            total.as_secs_f32()
        );
        let Counts { passed, failed } = self.counts();
        let _ = writeln!(text, "{passed} passed, {failed} failed");
        text
    }
}

/// Reads the summaries of `cargo test` or of cargo-nextest out of what they printed.
///
/// Nextest repeats the output of each failed test, which holds a summary of its own; so where it
/// has summed up, nothing else counts.
pub(crate) fn count(output: &str) -> Counts {
    let nextest = output.lines().filter_map(|line| summary(line, "Summary ["));
    let libtest = output
        .lines()
        .filter_map(|line| summary(line, "test result: "));
    nextest
        .reduce(sum)
        .or_else(|| libtest.reduce(sum))
        .unwrap_or_default()
}

fn sum(left: Counts, right: Counts) -> Counts {
    Counts {
        passed: left.passed + right.passed,
        failed: left.failed + right.failed,
    }
}

/// Reads "ok. 3 passed; 1 failed; ..." and "0.1s] 4 tests run: 2 passed, 1 failed, 1 timed out".
fn summary(line: &str, prefix: &str) -> Option<Counts> {
    let rest = line.trim().strip_prefix(prefix)?;
    let words: Vec<&str> = rest.split_whitespace().collect();
    let mut counts = Counts::default();
    for pair in words.windows(2) {
        let Ok(number) = pair[0].parse::<usize>() else {
            continue;
        };
        match pair[1].trim_end_matches([',', ';']) {
            "passed" => counts.passed += number,
            "failed" | "timed" | "exec" => counts.failed += number,
            _ => {}
        }
    }
    Some(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, passed: usize, failed: usize) {
        assert_eq!(count(output), Counts { passed, failed }, "{output}");
    }

    #[test]
    fn summaries_of_both_runners_are_read() {
        check(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            3,
            0,
        );
        check("test result: FAILED. 3 passed; 2 failed; 0 ignored", 3, 2);
        check(
            "     Summary [   0.004s] 3 tests run: 3 passed, 0 skipped",
            3,
            0,
        );
        check(
            "     Summary [   0.004s] 4 tests run: 3 passed (1 slow), 1 failed, 2 skipped",
            3,
            1,
        );
        check(
            "     Summary [   9.1s] 4 tests run: 1 passed, 1 failed, 1 timed out, 1 exec failed",
            1,
            3,
        );
        check(
            "     Summary [   0.1s] 3/9 tests run: 2 passed, 1 failed",
            2,
            1,
        );
        check("I say: 5 passed", 0, 0);
    }

    #[test]
    fn the_output_of_a_failed_test_is_not_counted_beside_the_summary() {
        check(
            "test result: FAILED. 0 passed; 1 failed\n  Summary [ 0.1s] 2 tests run: 1 passed, 1 failed",
            1,
            1,
        );
    }

    #[test]
    fn summaries_add_up() {
        check(
            "test result: ok. 3 passed; 0 failed\nnoise\ntest result: ok. 4 passed; 1 failed\n",
            7,
            1,
        );
    }

    fn step(name: &str, success: bool, counts: Option<Counts>) -> Step {
        Step {
            name: name.into(),
            success,
            took: Duration::from_millis(1_500),
            counts,
        }
    }

    #[test]
    fn the_last_line_is_the_count_alone() {
        let mut report = Report::default();
        report.add(step("format", true, None));
        report.add(step(
            "tests",
            true,
            Some(Counts {
                passed: 12,
                failed: 0,
            }),
        ));
        let text = report.render();
        assert_eq!(text.lines().last(), Some("12 passed, 0 failed"));
        assert!(text.starts_with("format  ok         1.5 s\n"), "{text}");
        assert!(report.success());
    }

    #[test]
    fn a_failed_step_without_tests_is_a_failure_too() {
        let mut report = Report::default();
        report.add(step("format", false, None));
        report.add(step(
            "tests",
            false,
            Some(Counts {
                passed: 1,
                failed: 2,
            }),
        ));
        assert_eq!(
            report.counts(),
            Counts {
                passed: 1,
                failed: 3
            }
        );
        assert!(!report.success());
    }
}
