//! The proxy in front of several servers, as a program.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};

use crate::example;

/// A proxy that gives each connection to the next server that listens; killed when it is dropped.
#[derive(Debug)]
pub struct Proxy {
    process: Child,
    address: SocketAddr,
}

impl Proxy {
    /// Starts it in front of servers, which need not listen yet.
    pub fn start(servers: &[SocketAddr]) -> Self {
        let mut command = Command::new(example("hub-proxy"));
        command.args(servers.iter().map(SocketAddr::to_string));
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the proxy starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output is a pipe");
        let read = BufReader::new(output).read_line(&mut line);
        read.expect("the proxy says where it listens");
        let address = line.trim_end().strip_prefix("listening on http://");
        let address = address.and_then(|address| address.parse().ok());
        Self {
            address: address.unwrap_or_else(|| panic!("no address: {line:?}")),
            process,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
