//! What a process uses, as Linux tells it.

use std::fs;
use std::time::Duration;

/// A process of this machine, looked at from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Process {
    id: u32,
}

impl Process {
    /// The process with this id.
    pub fn new(id: u32) -> Self {
        Self { id }
    }

    /// The process that asks.
    pub fn own() -> Self {
        Self::new(std::process::id())
    }

    /// Whether it runs. One that has ended, and that nobody has waited for yet, does not.
    pub fn is_running(self) -> bool {
        let stat = fs::read_to_string(self.path("stat")).unwrap_or_default();
        let state = behind_the_name(&stat).split(' ').next();
        state.is_some_and(|state| !matches!(state, "" | "Z" | "X"))
    }

    /// How many file descriptors are open: sockets, most of all.
    pub fn descriptors(self) -> usize {
        let open = fs::read_dir(self.path("fd"));
        open.expect("a running process on Linux").count()
    }

    /// Memory that it has, in bytes.
    pub fn resident(self) -> usize {
        self.status("VmRSS:")
    }

    /// The most memory that it had so far, in bytes.
    pub fn peak_resident(self) -> usize {
        self.status("VmHWM:")
    }

    /// The most addresses that it had so far, in bytes, whether there was memory behind them or
    /// not.
    pub fn peak_address_space(self) -> usize {
        self.status("VmPeak:")
    }

    /// Processor time that it has used, in user and system mode.
    pub fn processor_time(self) -> Duration {
        // What Linux counts in, on every architecture that we know of.
        const TICK: Duration = Duration::from_millis(10);
        let stat = self.read("stat");
        let fields = behind_the_name(&stat).split(' ').skip(11).take(2);
        let ticks: u32 = fields
            .map(|ticks| ticks.parse::<u32>().expect("a number"))
            .sum();
        TICK * ticks
    }

    fn status(self, name: &str) -> usize {
        let status = self.read("status");
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let figure = line.and_then(|line| line.split_whitespace().next());
        let kibibytes = figure.and_then(|figure| figure.parse::<usize>().ok());
        kibibytes.expect("a figure in KiB") * 1024
    }

    fn read(self, file: &str) -> String {
        fs::read_to_string(self.path(file)).expect("a running process on Linux")
    }

    fn path(self, file: &str) -> String {
        format!("/proc/{}/{file}", self.id)
    }
}

/// The third field of `stat`, and what follows. The second one is a name in brackets, which may
/// hold anything.
fn behind_the_name(stat: &str) -> &str {
    stat.rsplit_once(") ").map_or("", |(_, fields)| fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_sees_itself() {
        let me = Process::own();
        assert!(me.is_running());
        let before = me.descriptors();
        let file = fs::File::open("/dev/null").unwrap();
        assert!(me.descriptors() > before);
        drop(file);
        assert!(me.resident() > 0);
        assert!(me.peak_resident() >= me.resident());
        assert!(me.peak_address_space() > me.peak_resident());
        while me.processor_time().is_zero() {}
    }

    #[test]
    fn there_is_no_process_0() {
        assert!(!Process::new(0).is_running());
    }
}
