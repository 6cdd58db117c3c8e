use crate::matrix::{Case, Series};
use crate::server::Server;
use hub_core::protocol::Protocol::Json;
use hub_load::Kind::{Broadcast, Echo, Group, Idle};
use hub_load::Load;
use std::fs;

/// Files that a server needs beside those of connections, and more.
const RESERVE: usize = 500;

/// What a message or a connection costs a server when there is more and more of something.
pub(crate) fn of(server: &Server) -> Vec<Series> {
    let limit = open_files().saturating_sub(RESERVE);
    let connections = [100, 1000, 10_000, 50_000].map(|count| limit.min(count));
    let powers = [1, 10, 100, 1000, 10_000];
    let series = |title: &str, counts: &[usize], case: &dyn Fn(usize) -> (Server, Load)| {
        let case = |&count: &usize| {
            let (server, load) = case(count);
            Case::new(count.to_string(), server, load, Json)
        };
        let title = format!("{title}: {}", server.name);
        let cases = counts.iter().map(case).collect();
        Series { title, cases }
    };
    let loads = |title, counts, load: &dyn Fn(usize) -> Load| {
        series(title, counts, &|count| (server.clone(), load(count)))
    };
    let cores = |title, load| {
        let case = |workers| (on_two_cores(server, workers), load);
        series(title, &[1, 2], &case)
    };
    let echo = Load::new(Echo, 64, 1, 64);
    let idle = Load::new(Idle, 1, limit.min(10_000), 1);
    let broadcast = |receivers, under_way| Load::new(Broadcast, 1, receivers, under_way);
    let with_idle = |count| echo.with(|load| load.idle = count - 64);
    let with_rooms = |rooms| idle.with(|load| load.rooms = rooms);
    let with_users = |users| idle.with(|load| load.users = users > 0);
    vec![
        loads("receivers", &connections, &|count| broadcast(count, 1)),
        loads("connections", &connections, &with_idle),
        loads("members", &powers, &|count| Load::new(Group, 1, count, 1)),
        loads("groups", &powers, &groups_of_ten),
        loads("memory by groups", &[0, 1, 10], &with_rooms),
        loads("memory by users", &[0, 1], &with_users),
        cores("cores for echo", echo),
        cores("cores for bcast", broadcast(1000, 8)),
    ]
}

/// Beyond 10,000 clients, each is in several groups.
fn groups_of_ten(count: usize) -> Load {
    let rooms = (count / 1000).saturating_sub(1);
    Load::new(Group, count.min(1000), 10, 1).with(|load| load.rooms = rooms)
}

/// With so many workers, on cores that the generator shares.
fn on_two_cores(server: &Server, workers: usize) -> Server {
    let mut server = server.clone();
    let before = format!("taskset -c 0,1 env TOKIO_WORKER_THREADS={workers} ");
    server.command.insert_str(0, &before);
    server
}

/// The limit of this process, which servers inherit.
fn open_files() -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let mut lines = limits.lines();
    let files = lines.find_map(|line| line.strip_prefix("Max open files"));
    let limit = files.and_then(|line| line.split_whitespace().next()?.parse().ok());
    limit.unwrap_or(1024)
}
