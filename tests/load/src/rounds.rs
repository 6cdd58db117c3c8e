use std::collections::VecDeque;
use std::mem;
use std::time::{Duration, Instant};

/// What is under way, and how long it took.
///
/// Messages carry no number. A round is over when its team has had as many as the rounds up to it
/// ask for.
#[derive(Debug)]
pub(crate) struct Rounds {
    /// Messages of a round, for all its members.
    size: usize,
    teams: Vec<Team>,
    messages: usize,
    latencies: Vec<Duration>,
}

#[derive(Debug, Clone, Default)]
struct Team {
    /// When the rounds under way began.
    since: VecDeque<Instant>,
    /// Messages since the last round that is over.
    received: usize,
}

impl Rounds {
    pub(crate) fn new(teams: usize, size: usize) -> Self {
        let (messages, latencies) = (0, Vec::new());
        let teams = vec![Team::default(); teams];
        Self {
            size,
            teams,
            messages,
            latencies,
        }
    }

    /// A round begins.
    pub(crate) fn start(&mut self, team: usize) {
        self.teams[team].since.push_back(Instant::now());
    }

    /// A team has had so many messages more. Gives the number of rounds that are over by them, or
    /// nothing when nobody has asked for as many.
    pub(crate) fn deliver(&mut self, team: usize, count: usize) -> Option<usize> {
        let Team { since, received } = self.teams.get_mut(team)?;
        *received += count;
        self.messages += count;
        let over = *received / self.size;
        *received %= self.size;
        if over > since.len() || (over == since.len() && *received > 0) {
            return None;
        }
        let now = Instant::now();
        self.latencies
            .extend(since.drain(..over).map(|since| now - since));
        Some(over)
    }

    /// Messages that have been asked for and have not come.
    pub(crate) fn missing(&self) -> usize {
        let missing = |team: &Team| team.since.len() * self.size - team.received;
        self.teams.iter().map(missing).sum()
    }

    /// Gives the number of messages, and how long the rounds took, sorted; begins to count anew.
    pub(crate) fn take_counts(&mut self) -> (usize, Vec<Duration>) {
        self.latencies.sort_unstable();
        (
            mem::take(&mut self.messages),
            mem::take(&mut self.latencies),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_are_counted_and_so_is_what_nobody_asked_for() {
        let mut rounds = Rounds::new(2, 10);
        rounds.start(1);
        rounds.start(1);
        assert_eq!(rounds.deliver(1, 9), Some(0));
        assert_eq!(rounds.missing(), 11);
        assert_eq!(rounds.deliver(1, 11), Some(2));
        let (messages, latencies) = rounds.take_counts();
        assert_eq!((messages, latencies.len(), rounds.missing()), (20, 2, 0));
        assert_eq!(rounds.deliver(1, 1), None);
        assert_eq!(rounds.deliver(0, 20), None);
    }
}
