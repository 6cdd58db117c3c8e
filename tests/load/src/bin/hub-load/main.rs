//! `cargo xtask bench load` and `bench growth`: what a server under load costs for each message. How
//! to read that stands in `BENCHMARKS.md`.

mod growth;
mod matrix;
mod server;

use hub_core::protocol::Protocol;
use hub_load::Kind::{Broadcast, Connect, ConnectSkip, Echo, Group, Idle, Stream};
use hub_load::Load;
use matrix::{Case, Series};
use server::Server;
use std::error::Error;
use std::fs;
use std::process::ExitCode;
use std::time::Duration;

const USAGE: &str = "\
usage: hub-load SERVER load|growth [options]

  --peers FILE     servers beside ours, in JSON: [{\"name\": …, \"command\": …,
                   \"address\": \"127.0.0.1:…\", \"path\": …}, …]; the first is
                   what the others are compared with
  --only A,B,…     only tables whose titles begin so
  --repeats N      how often everything is played, in turn (3)
  --seconds S      how long each time (3)";

/// What `load` plays.
fn cells() -> [(&'static str, Load); 10] {
    let long_echo = Load::new(Echo, 32, 1, 64).with(|load| load.texts = 512);
    [
        ("echo", Load::new(Echo, 64, 1, 64)),
        ("echo-x16", Load::new(Echo, 64, 1, 1024)),
        ("echo-16KiB", long_echo),
        ("bcast-w1", Load::new(Broadcast, 1, 1000, 1)),
        ("bcast-w8", Load::new(Broadcast, 1, 1000, 8)),
        ("group", Load::new(Group, 100, 10, 16)),
        ("stream", Load::new(Stream, 16, 1, 16)),
        ("connect", Load::new(Connect, 32, 1, 32)),
        ("connect-skip", Load::new(ConnectSkip, 32, 1, 32)),
        ("idle", Load::new(Idle, 1, 10_000, 1)),
    ]
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Err(error) = run(&words) else {
        return ExitCode::SUCCESS;
    };
    eprintln!("{error}");
    ExitCode::FAILURE
}

fn run(words: &[&str]) -> Result<(), Box<dyn Error>> {
    let [program, what, options @ ..] = words else {
        return Err(USAGE.into());
    };
    let (mut servers, mut titles, mut repeats, mut seconds) = (Vec::new(), "", 3, 3.0);
    for option in options.chunks(2) {
        match *option {
            ["--peers", file] => servers = serde_json::from_slice(&fs::read(file)?)?,
            ["--only", prefixes] => titles = prefixes,
            ["--repeats", number] => repeats = number.parse()?,
            ["--seconds", number] => seconds = number.parse()?,
            _ => return Err(USAGE.into()),
        }
    }
    servers.push(Server::ours(program)?);
    let mut all = match *what {
        "load" => load(&servers),
        "growth" => servers.iter().flat_map(growth::of).collect(),
        _ => return Err(USAGE.into()),
    };
    let is_wanted = |title: &str| titles.split(',').any(|prefix| title.starts_with(prefix));
    all.retain(|series| is_wanted(&series.title));
    let load = fs::read_to_string("/proc/loadavg")?;
    println!("load average before: {}", load.trim());
    println!("cost: microseconds of the server a message, or KiB a connection");
    let time = Duration::try_from_secs_f64(seconds)?;
    Ok(matrix::play_all(&mut all, repeats, time)?)
}

fn load(servers: &[Server]) -> Vec<Series> {
    let series = |cell: &str, load: Load, protocol: Protocol| {
        let case = |it: &Server| Case::new(it.name.clone(), it.clone(), load, protocol);
        let title = format!("{cell} {}", protocol.name());
        let cases = servers.iter().map(case).collect();
        Series { title, cases }
    };
    let both = |(cell, load)| Protocol::ALL.map(|protocol| series(cell, load, protocol));
    cells().into_iter().flat_map(both).collect()
}
