//! The sending side of stateful reconnect: what a peer may not have received yet.

use std::collections::VecDeque;

use bytes::Bytes;

/// Numbers the trackable messages that one side sends, and keeps each until the peer acknowledges
/// it (SignalR wire specification, sections 17.2 to 17.5).
///
/// The bytes are shared with whoever writes them, so that keeping them costs no copy. They come
/// back as they went in, in the same order.
///
/// ```
/// use hub_core::session::Replay;
///
/// let mut replay = Replay::new(100_000);
/// replay.push("one".into());
/// replay.push("two".into());
/// replay.acknowledge(1);
/// assert_eq!(replay.first_number(), 2);
/// assert_eq!(replay.unacknowledged().collect::<Vec<_>>(), ["two"]);
/// ```
#[derive(Debug, Clone)]
pub struct Replay {
    /// Oldest first; the last one is number `total`.
    messages: VecDeque<Bytes>,
    bytes: usize,
    limit: usize,
    total: u64,
}

impl Replay {
    /// Nothing sent so far. Above `limit` bytes the peer has to acknowledge before more is sent.
    pub const fn new(limit: usize) -> Self {
        Self {
            messages: VecDeque::new(),
            bytes: 0,
            limit,
            total: 0,
        }
    }

    /// Counts a message that is sent, and keeps it. It is kept even above the limit: waiting is
    /// the sender's part.
    pub fn push(&mut self, message: Bytes) {
        self.total += 1;
        self.bytes += message.len();
        self.messages.push_back(message);
    }

    /// Forgets every message up to number `through`. Repeated, lower and too high numbers are
    /// harmless.
    pub fn acknowledge(&mut self, through: u64) {
        while self.first_number() <= through
            && let Some(message) = self.messages.pop_front()
        {
            self.bytes -= message.len();
        }
        if self.messages.is_empty() {
            // An idle connection keeps nothing.
            self.messages = VecDeque::new();
        }
    }

    /// The number that a Sequence message announces: that of the oldest message that is not
    /// acknowledged, or else of the next one.
    pub fn first_number(&self) -> u64 {
        self.total - self.messages.len() as u64 + 1
    }

    /// What has to be sent again, oldest first.
    pub fn unacknowledged(&self) -> impl Iterator<Item = &Bytes> {
        self.messages.iter()
    }

    /// Whether everything is acknowledged.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Whether senders have to wait for an Ack.
    pub const fn is_full(&self) -> bool {
        self.bytes > self.limit
    }

    /// The memory that is kept: small messages cost more than their bytes.
    pub fn held(&self) -> usize {
        self.bytes + self.messages.len() * size_of::<Bytes>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends messages of one byte each, named by their numbers.
    fn sent(count: u8) -> Replay {
        let mut replay = Replay::new(4);
        (1..=count).for_each(|number| replay.push(vec![number].into()));
        replay
    }

    #[track_caller]
    fn check(count: u8, acknowledged: &[u64], first: u64, left: &[u8]) {
        let mut replay = sent(count);
        for through in acknowledged {
            replay.acknowledge(*through);
        }
        assert_eq!(replay.first_number(), first);
        let found: Vec<u8> = replay.unacknowledged().flatten().copied().collect();
        assert_eq!(found, left);
        assert_eq!(replay.is_empty(), left.is_empty());
        assert_eq!(replay.held() == 0, left.is_empty());
    }

    #[test]
    fn what_is_not_acknowledged_is_kept_in_order() {
        check(0, &[], 1, &[]);
        check(3, &[], 1, &[1, 2, 3]);
        check(3, &[2], 3, &[3]);
        check(3, &[3], 4, &[]);
        check(3, &[1, 1, 0], 2, &[2, 3]);
        check(3, &[2, 1], 3, &[3]);
        check(3, &[u64::MAX], 4, &[]);
        check(0, &[u64::MAX], 1, &[]);
    }

    #[test]
    fn numbers_go_on_after_an_acknowledgement() {
        let mut replay = sent(3);
        replay.acknowledge(3);
        replay.push(vec![4].into());
        assert_eq!(replay.first_number(), 4);
        replay.acknowledge(3);
        assert_eq!(replay.first_number(), 4);
        replay.acknowledge(4);
        assert_eq!(replay.first_number(), 5);
    }

    #[test]
    fn senders_wait_above_the_limit() {
        assert!(!sent(4).is_full());
        let mut replay = sent(5);
        assert!(replay.is_full());
        replay.acknowledge(1);
        assert!(!replay.is_full());
    }
}
