use hub_load::{Hub, Process};
use serde::Deserialize;
use std::error::Error;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// A program that serves the hub of the bench.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Server {
    pub(crate) name: String,
    /// For the shell. The process that it becomes is the one that is measured.
    pub(crate) command: String,
    #[serde(flatten)]
    pub(crate) hub: Hub,
}

impl Server {
    /// The project's own, at a port that is free now.
    pub(crate) fn ours(program: &str) -> std::io::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self {
            name: "ours".to_owned(),
            command: format!("'{program}' --listen {address}"),
            hub: Hub {
                address,
                path: "/hubs/bench".to_owned(),
            },
        })
    }

    /// Starts the program on the last core, and waits until it listens.
    pub(crate) fn start(&self) -> Result<Running, Box<dyn Error>> {
        let command = format!("exec taskset -c $(($(nproc --all) - 1)) {}", self.command);
        let mut shell = Command::new("sh");
        let child = shell.args(["-c", &command]).stdout(Stdio::null()).spawn();
        let mut running = Running(child?);
        for _ in 0..300 {
            if TcpStream::connect(self.hub.address).is_ok() {
                return Ok(running);
            }
            if let Some(status) = running.0.try_wait()? {
                return Err(format!("the server has ended: {status}").into());
            }
            thread::sleep(Duration::from_millis(100));
        }
        Err("the server does not listen".into())
    }
}

/// A server that ends when this is dropped.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn process(&self) -> Process {
        Process::with_id(self.0.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
