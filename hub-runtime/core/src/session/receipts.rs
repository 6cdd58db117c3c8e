//! The receiving side of stateful reconnect: what has arrived, and what comes a second time.

use std::time::{Duration, Instant};

/// How often a peer is told what has arrived, at most (SignalR wire specification, section 17.3).
const ACK_INTERVAL: Duration = Duration::from_secs(1);

/// Counts the trackable messages of a peer (section 17.2).
#[derive(Debug)]
pub(super) struct Receipts {
    /// The number of the next message.
    next: u64,
    /// The highest number that was taken.
    latest: u64,
    /// A message has come since the last Ack. A repeated one counts: its Ack may have been lost.
    owed: bool,
    last_ack: Instant,
}

impl Receipts {
    pub(super) const fn new(now: Instant) -> Self {
        Self {
            next: 1,
            latest: 0,
            owed: false,
            last_ack: now,
        }
    }

    /// Counts a message; `false` if it has been taken before.
    pub(super) fn take(&mut self) -> bool {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        self.owed = true;
        let is_new = number > self.latest;
        self.latest = self.latest.max(number);
        is_new
    }

    /// The peer goes on with message `number`; `false` if it has forgotten messages before that.
    ///
    /// What counts is what was taken, and not how far the peer came on its last socket: that may
    /// have been cut while it repeated what an Ack has told it of since.
    pub(super) fn go_on_with(&mut self, number: u64) -> bool {
        let possible = number <= self.latest.saturating_add(1);
        if possible {
            self.next = number;
        }
        possible
    }

    /// When an Ack is due, if ever.
    pub(super) fn deadline(&self) -> Option<Instant> {
        self.owed
            .then(|| self.last_ack.checked_add(ACK_INTERVAL))
            .flatten()
    }

    /// The number to acknowledge, from now on known to the peer.
    pub(super) fn acknowledge(&mut self, now: Instant) -> u64 {
        self.owed = false;
        self.last_ack = now;
        self.latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_again_is_known() {
        let mut receipts = Receipts::new(Instant::now());
        assert!(receipts.take());
        assert!(receipts.take());
        assert!(receipts.go_on_with(2));
        assert!(!receipts.take());
        assert!(receipts.take());
        assert!(receipts.go_on_with(4));
        assert!(!receipts.go_on_with(5), "message 4 is lost");
        assert!(receipts.take());
    }

    #[test]
    fn what_was_repeated_in_part_and_then_acknowledged_is_not_lost() {
        let mut receipts = Receipts::new(Instant::now());
        for _ in 0..4 {
            receipts.take();
        }
        assert!(receipts.go_on_with(1));
        assert!(!receipts.take());
        assert!(receipts.go_on_with(5), "all four have been taken");
        assert!(receipts.take());
    }

    #[test]
    fn an_ack_is_due_once_a_second_while_messages_come() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut receipts = Receipts::new(start);
        assert_eq!(receipts.deadline(), None);
        receipts.take();
        receipts.take();
        assert_eq!(receipts.deadline(), Some(at(1)));
        assert_eq!(receipts.acknowledge(at(5)), 2);
        assert_eq!(receipts.deadline(), None);
        receipts.go_on_with(2);
        receipts.take();
        assert_eq!(receipts.deadline(), Some(at(6)), "the Ack may be lost");
        assert_eq!(receipts.acknowledge(at(6)), 2);
    }
}
