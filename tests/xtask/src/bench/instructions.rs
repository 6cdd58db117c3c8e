//! Instructions, which do not depend on what else the machine does. Each cell is played twice, the
//! second time with more messages: the difference leaves out whatever happens once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::table::{Row, Table};
use crate::{Failure, process, setup, workspace};

/// The cells, and how many messages the two runs of each have: enough for a figure that comes out
/// the same within a percent.
const CELLS: [(&str, [u64; 2]); 7] = [
    ("echo", [1000, 3000]),
    ("echo-x16", [1000, 3000]),
    ("echo-16KiB", [200, 600]),
    ("broadcast", [1000, 21_000]),
    ("broadcast-x8", [8000, 48_000]),
    ("stream", [1000, 5000]),
    ("connect", [50, 250]),
];
const PROTOCOLS: [&str; 2] = ["json", "messagepack"];
/// A run is repeated, and the least is taken: a busy machine may cut what is sent in two, which
/// costs more and never less.
const REPEATS: usize = 3;
/// What the clients do, which is not to be counted: one function, as the compiler's older and its
/// newer scheme have it. (Valgrind's wildcards fail where there are two of them.)
const CLIENTS: [&str; 2] = [
    "hub_bench::clients::Clients::take_turn",
    "<hub_bench::clients::Clients>::take_turn",
];

/// Counts, and prints the table; beside each figure the change from that in `against`.
pub(super) fn run(against: Option<&str>) -> Result<(), Failure> {
    let before = against.map(Table::read).transpose()?.unwrap_or_default();
    setup::valgrind()?;
    let program = super::release("hub-bench")?;
    let profiles = workspace::target()?.join("bench");
    fs::create_dir_all(&profiles)
        .map_err(|error| format!("{} cannot be made: {error}", profiles.display()))?;
    let callgrind = Callgrind { program, profiles };
    callgrind.check_that_clients_are_known()?;
    println!("{}", Table::head("instructions a message", &PROTOCOLS));
    for (cell, messages) in CELLS {
        let figures: Result<_, _> = PROTOCOLS
            .iter()
            .map(|protocol| callgrind.per_message(cell, protocol, messages))
            .collect();
        let row = Row {
            name: cell.to_owned(),
            figures: figures?,
        };
        println!("{}", row.render(before.row(cell)));
    }
    let profiles = callgrind.profiles.display();
    println!("\nwhere they go: callgrind_annotate {profiles}/echo.json");
    Ok(())
}

struct Callgrind {
    program: PathBuf,
    /// Where the profiles of the runs are put.
    profiles: PathBuf,
}

/// What one run has come to.
#[derive(Debug, PartialEq)]
struct Run {
    messages: u64,
    instructions: u64,
}

impl Callgrind {
    fn per_message(&self, cell: &str, protocol: &str, messages: [u64; 2]) -> Result<u64, Failure> {
        let [few, many] = messages.map(|messages| self.least(cell, protocol, messages));
        let (few, many) = (few?, many?);
        let instructions = many.instructions.saturating_sub(few.instructions);
        Ok(instructions / (many.messages - few.messages).max(1))
    }

    fn least(&self, cell: &str, protocol: &str, messages: u64) -> Result<Run, Failure> {
        let mut least = self.run(cell, protocol, messages, "yes")?;
        for _ in 1..REPEATS {
            let run = self.run(cell, protocol, messages, "yes")?;
            if run.instructions < least.instructions {
                least = run;
            }
        }
        Ok(least)
    }

    /// A function that valgrind does not find would be counted with the server.
    fn check_that_clients_are_known(&self) -> Result<(), Failure> {
        if self.run("echo", "json", 1, "no")?.instructions > 0 {
            return Ok(());
        }
        let names = CLIENTS.join(" or ");
        Err(format!(
            "valgrind finds no {names} in `hub-bench`, and would count the clients too"
        ))
    }

    /// `counting` says whether instructions count outside of the clients, and not inside.
    fn run(
        &self,
        cell: &str,
        protocol: &str,
        messages: u64,
        counting: &str,
    ) -> Result<Run, Failure> {
        let profile = self.profiles.join(format!("{cell}.{protocol}"));
        let mut command = Command::new("valgrind");
        command.arg("--tool=callgrind");
        for name in CLIENTS {
            command.arg(format!("--toggle-collect={name}"));
        }
        // Behind the names, each of which sets it to `no`.
        command.arg(format!("--collect-atstart={counting}"));
        command.arg(out_file(&profile)).arg(&self.program);
        let finished = process::capture(command.args([cell, protocol, &messages.to_string()]));
        let run = read(&finished.output).filter(|_| finished.success);
        run.ok_or(finished.output)
    }
}

fn out_file(profile: &Path) -> String {
    format!("--callgrind-out-file={}", profile.display())
}

/// Reads what the program and valgrind have printed.
fn read(output: &str) -> Option<Run> {
    let collected = output
        .lines()
        .find_map(|line| line.split_once("Collected :"));
    Some(Run {
        messages: output.lines().find_map(|line| line.parse().ok())?,
        instructions: collected?.1.trim().parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_read() {
        let output = "$ valgrind hub-bench\n==7== Callgrind, a call-graph generator\n3000\n==7== \n==7== Events    : Ir\n==7== Collected : 5270804\n";
        let run = Run {
            messages: 3000,
            instructions: 5_270_804,
        };
        assert_eq!(read(output), Some(run));
        assert_eq!(read("valgrind: no such tool\n"), None);
    }
}
