//! What the server writes into its log.

use super::PATIENCE;
use std::env::temp_dir;
use std::fs;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// The file of a server's log, for as long as the test takes.
pub(crate) struct Log {
    path: String,
}

impl Log {
    /// A file of its own.
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("hub-hardening-{name}-{}.log", std::process::id());
        let path = temp_dir().join(name).display().to_string();
        Self { path }
    }

    /// What tells the server to write it.
    pub(crate) fn argument(&self) -> [&str; 2] {
        ["--log-file", &self.path]
    }

    /// Waits until so many lines are of a kind.
    pub(crate) async fn has(&self, lines: usize, is_one: impl Fn(&str) -> bool) {
        let start = Instant::now();
        loop {
            let found = self.read().lines().filter(|line| is_one(line)).count();
            if found >= lines {
                return;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "{found} lines of {lines} in the log"
            );
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// How many lines hold a text.
    pub(crate) fn count(&self, text: &str) -> usize {
        self.read()
            .lines()
            .filter(|line| line.contains(text))
            .count()
    }

    /// The sum of a field in the lines that hold two texts.
    pub(crate) fn sum(&self, text: &str, other: &str, field: &str) -> u64 {
        let log = self.read();
        let lines = log
            .lines()
            .filter(|line| line.contains(text) && line.contains(other));
        let values = lines.filter_map(|line| line.split(field).nth(1)?.split(' ').next());
        values.filter_map(|value| value.parse::<u64>().ok()).sum()
    }

    fn read(&self) -> String {
        fs::read_to_string(&self.path).unwrap_or_default()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        // Not worth a panic.
        let _ = fs::remove_file(&self.path);
    }
}
