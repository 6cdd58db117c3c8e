//! The functional-test server, as a program.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::example;

/// A running functional-test server; killed when it is dropped.
#[derive(Debug)]
pub struct ConformanceServer {
    process: Child,
    origin: String,
}

impl ConformanceServer {
    /// Starts it on a port of its own, with further arguments.
    pub fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(example("hub-conformance"));
        command.args(["--listen", "127.0.0.1:0"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("the server starts");
        let mut line = String::new();
        let output = process.stdout.as_mut().expect("its output is a pipe");
        // An end without a line has said why on its standard error.
        let read = BufReader::new(output).read_line(&mut line);
        read.expect("the server says where it listens");
        let origin = line.trim_end().strip_prefix("listening on ");
        let origin = origin.unwrap_or_else(|| panic!("no address: {line:?}"));
        Self {
            origin: origin.to_owned(),
            process,
        }
    }

    /// Its address, without a path.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for ConformanceServer {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
