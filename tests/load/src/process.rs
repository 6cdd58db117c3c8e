use std::fs;

/// A process as the system sees it (Linux: proc(5)). What it does not tell is not a number.
#[derive(Debug, Clone)]
pub struct Process(String);

impl Process {
    /// The process with this number.
    pub fn with_id(id: u32) -> Self {
        Self(format!("/proc/{id}"))
    }

    /// Processor time of all its threads, the kernel's part included, in seconds.
    pub fn cpu(&self) -> f64 {
        let threads = fs::read_dir(format!("{}/task", self.0))
            .into_iter()
            .flatten()
            .flatten();
        let time = |times: String| times.split(' ').next().map_or(f64::NAN, number);
        let spent = threads.map(|thread| fs::read_to_string(thread.path().join("schedstat")));
        spent.map(|times| times.map_or(f64::NAN, time)).sum::<f64>() / 1e9
    }

    /// Resident memory, in KiB.
    pub fn memory(&self) -> f64 {
        let status = fs::read_to_string(format!("{}/status", self.0)).unwrap_or_default();
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        resident.map_or(f64::NAN, |text| number(text.trim_end_matches("kB")))
    }
}

fn number(text: &str) -> f64 {
    text.trim().parse().unwrap_or(f64::NAN)
}
