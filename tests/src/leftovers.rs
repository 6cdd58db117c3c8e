//! What clients leave behind.

use std::thread;
use std::time::{Duration, Instant};

/// How long a server may need until it has given back what gone clients made it hold.
const LIMIT: Duration = Duration::from_secs(8);

/// Waits until a count is back at none, and fails if it is not.
pub(crate) fn expect_none(what: &str, left: impl Fn() -> usize) {
    let start = Instant::now();
    while left() > 0 {
        let count = left();
        assert!(start.elapsed() < LIMIT, "{count} {what} are left");
        thread::sleep(Duration::from_millis(10));
    }
}
