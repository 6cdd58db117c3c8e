use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::Instant;

/// The time as of the last sweep.
///
/// Read for every received batch, where reading the real clock would cost as much as scanning the
/// envelope. Timeouts are seconds, so a stamp that is one sweep old does.
#[derive(Debug)]
pub(crate) struct CoarseClock {
    start: Instant,
    millis: AtomicU64,
}

impl CoarseClock {
    pub(crate) fn new() -> Self {
        Self {
            start: Instant::now(),
            millis: AtomicU64::new(0),
        }
    }

    /// The time as of the last sweep.
    pub(crate) fn now(&self) -> std::time::Instant {
        (self.start + Duration::from_millis(self.millis())).into_std()
    }

    /// The same in milliseconds since the clock was made.
    pub(crate) fn millis(&self) -> u64 {
        self.millis.load(Ordering::Relaxed)
    }

    /// The time as it is, in the same milliseconds.
    pub(crate) fn exact_millis(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// A point in time in the clock's milliseconds, rounded up.
    pub(crate) fn millis_at(&self, at: std::time::Instant) -> u64 {
        let since = at.saturating_duration_since(self.start.into_std());
        u64::try_from(since.as_micros().div_ceil(1000)).unwrap_or(u64::MAX)
    }

    /// Moves the clock on; the sweep does.
    pub(crate) fn advance(&self) {
        self.millis.store(self.exact_millis(), Ordering::Relaxed);
    }
}
