use crate::server::Server;
use hub_core::protocol::Protocol;
use hub_load::{Load, Report, play};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Cases that are compared, with the first of them.
pub(crate) struct Series {
    pub(crate) title: String,
    pub(crate) cases: Vec<Case>,
}

/// A server under a load.
pub(crate) struct Case {
    name: String,
    server: Server,
    load: Load,
    protocol: Protocol,
    /// Of each repeat; nothing where the server does not do its part.
    reports: Vec<Option<Report>>,
}

/// Plays all cases so often, those of a series in turn, and prints the tables.
pub(crate) fn play_all(all: &mut [Series], repeats: usize, time: Duration) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    for repeat in 0..repeats {
        for Series { title, cases } in &mut *all {
            eprintln!("repeat {} of {repeats}: {title}", repeat + 1);
            // Whoever came first comes last the next time.
            let first = repeat % cases.len();
            let (last, rest) = cases.split_at_mut(first);
            rest.iter_mut()
                .chain(last)
                .for_each(|case| case.play(&runtime, time));
        }
    }
    for Series { title, cases } in all {
        println!(
            "\n{title:24}      cost   ratio  spread    p50 us    p99 us  server  clients  lost"
        );
        for case in &*cases {
            println!("{}", case.row(&cases[0]));
        }
    }
    Ok(())
}

impl Case {
    pub(crate) fn new(name: String, server: Server, load: Load, protocol: Protocol) -> Self {
        let reports = Vec::new();
        Self {
            name,
            server,
            load,
            protocol,
            reports,
        }
    }

    fn play(&mut self, runtime: &Runtime, time: Duration) {
        let report = self.server.start().and_then(|running| {
            let (load, process) = (self.load, running.process());
            runtime.block_on(play(load, &self.server.hub, self.protocol, process, time))
        });
        if let Err(error) = &report {
            eprintln!("{}: {error}", self.name);
        }
        self.reports.push(report.ok());
    }

    fn row(&self, first: &Self) -> String {
        let reports = || self.reports.iter().flatten();
        let median = |of: fn(&Report) -> f64| summary(reports().map(of).collect()).0;
        let [cost, p50, p99] = [
            median(|it| it.cost),
            median(|it| it.p50),
            median(|it| it.p99),
        ];
        let [server, clients] = [median(|it| it.server), median(|it| it.clients)];
        let pairs = self.reports.iter().zip(&first.reports);
        let ratios = pairs.filter_map(|(it, first)| Some(it.as_ref()?.cost / first.as_ref()?.cost));
        let (ratio, spread) = summary(ratios.collect());
        let (name, spread) = (&self.name, spread * 100.0);
        let lost: usize = reports().map(|report| report.lost).sum();
        format!(
            "{name:24} {cost:9.3} {ratio:7.2} {spread:6.0}% {p50:9.0} {p99:9.0} {server:7.3} {clients:8.3} {lost:5}"
        )
    }
}

/// The median, and how far the largest is from the smallest as a part of it.
fn summary(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let Some((least, most)) = values.first().zip(values.last()) else {
        return (f64::NAN, f64::NAN);
    };
    let middle = f64::midpoint(values[values.len() / 2], values[(values.len() - 1) / 2]);
    (middle, (most - least) / middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_a_median_and_a_spread() {
        assert_eq!(summary(vec![3.0, 1.0, 2.0]), (2.0, 1.0));
        assert_eq!(summary(vec![4.0, 1.0, 2.0, 2.0]), (2.0, 1.5));
    }
}
