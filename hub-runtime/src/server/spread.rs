//! Telling many something over a time, instead of all at once.

use std::ops::Range;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How many turns there are.
const TURNS: u64 = 1 << 32;

/// Whose turn it is: a part of all numbers, spread evenly over them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Share(Range<u64>);

impl Share {
    pub(crate) fn holds(&self, number: u64) -> bool {
        self.0.contains(&turn(number))
    }

    /// Everybody whose turn has come, with this share's.
    pub(super) fn end(&self) -> u64 {
        self.0.end
    }
}

/// When it is a number's turn, below 2^32. Numbers that follow each other land far from each other
/// and still fill the time evenly, however many there are.
pub(super) fn turn(number: u64) -> u64 {
    // 2^64 divided by the golden ratio.
    number.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32
}

/// Gives every number its turn within `window`. One timer serves all: every few milliseconds `tell`
/// is given the share whose time has come since. All of it is told at once if the window is zero.
pub(crate) async fn over(window: Duration, mut tell: impl FnMut(&Share)) {
    let pause = (window / 1000).clamp(Duration::from_millis(10), Duration::from_millis(100));
    let start = Instant::now();
    let mut told = 0;
    loop {
        let elapsed = start.elapsed();
        let left = window.saturating_sub(elapsed);
        let due = due(elapsed, window);
        tell(&Share(told..due));
        told = due;
        if told == TURNS {
            return;
        }
        sleep(pause.min(left)).await;
    }
}

/// How many turns have come.
fn due(elapsed: Duration, window: Duration) -> u64 {
    if elapsed >= window {
        return TURNS;
    }
    let due = u128::from(TURNS) * elapsed.as_nanos() / window.as_nanos();
    u64::try_from(due).unwrap_or(TURNS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_far_from_each_other_and_fill_the_time_evenly() {
        for start in [0, 1 << 33, u64::MAX - 500] {
            let mut tenths = [0; 10];
            for number in 0..1000 {
                let turn = turn(start.wrapping_add(number));
                tenths[(turn * 10 / TURNS) as usize] += 1;
            }
            let even = tenths.iter().all(|count| (90..=110).contains(count));
            assert!(even, "{tenths:?}");
        }
        assert!(turn(1).abs_diff(turn(2)) > TURNS / 4);
    }

    #[test]
    fn everybody_has_a_turn() {
        for number in [0, 1, u64::MAX] {
            assert!(Share(0..TURNS).holds(number));
            assert!(!Share(0..0).holds(number));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn everybody_is_told_once_and_nobody_late() {
        const WINDOW: Duration = Duration::from_secs(10);
        let start = Instant::now();
        let mut told = [0; 1000];
        let mut most = 0;
        over(WINDOW, |share| {
            let mut now = 0;
            for (number, times) in told.iter_mut().enumerate() {
                if share.holds(number as u64) {
                    *times += 1;
                    now += 1;
                }
            }
            most = most.max(now);
        })
        .await;
        assert_eq!(told, [1; 1000]);
        // A thousand slices of time, so one of them in each; timers are late by a little.
        assert!(most <= 5, "{most} at once");
        assert!(start.elapsed() <= WINDOW + Duration::from_millis(10));
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_window_all_are_told_at_once() {
        let start = Instant::now();
        let mut shares = Vec::new();
        over(Duration::ZERO, |share| shares.push(share.clone())).await;
        assert_eq!(shares, [Share(0..TURNS)]);
        assert_eq!(start.elapsed(), Duration::ZERO);
    }
}
