//! What operators see: the log, metrics, traces, health.

mod health;
mod log;
#[cfg(feature = "metrics")]
mod metrics;
mod secrets;
#[cfg(feature = "opentelemetry")]
mod traces;

use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

/// What has been logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap().clone();
        String::from_utf8(bytes).expect("text")
    }

    /// The lines of a category, without times.
    fn lines(&self, target: &str) -> Vec<String> {
        let category = format!(" {target}: ");
        let text = self.text();
        let of_target = text.lines().filter(|line| line.contains(&category));
        of_target
            .map(|line| {
                line.split_whitespace()
                    .skip(1)
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Logs what a filter lets through, until the guard is dropped.
fn logging(filter: &str) -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let writer = log.clone();
    let guard = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(move || writer.clone())
        .set_default();
    (log, guard)
}
