//! The functional-test server, as a program.

use std::env::temp_dir;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::leftovers::expect_none;
use crate::{Process, example};

/// A running functional-test server; killed when it is dropped.
#[derive(Debug)]
pub struct ConformanceServer {
    process: Child,
    output: BufReader<ChildStdout>,
    origin: String,
    /// Open when it had no clients yet.
    descriptors: usize,
}

impl ConformanceServer {
    /// Starts it on a port of its own, with further arguments.
    pub fn start(arguments: &[&str]) -> Self {
        Self::run(Command::new(example("hub-conformance")), arguments)
    }

    /// Starts it where the system lets it have so many file descriptors at most.
    pub fn start_with_descriptors(limit: u32, arguments: &[&str]) -> Self {
        // The shell becomes the server, so that its process id stays.
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n \"$0\" && exec \"$@\""]);
        shell.arg(limit.to_string()).arg(example("hub-conformance"));
        Self::run(shell, arguments)
    }

    /// Starts it with further variables of its environment.
    pub fn start_within(environment: &[(&str, PathBuf)], arguments: &[&str]) -> Self {
        let mut command = Command::new(example("hub-conformance"));
        command.envs(environment.iter().map(|(name, value)| (name, value)));
        Self::run(command, arguments)
    }

    fn run(mut command: Command, arguments: &[&str]) -> Self {
        command.args(["--listen", "127.0.0.1:0"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        // Hub methods that panic on purpose do it often, and where is known.
        command.env("RUST_BACKTRACE", "0");
        let mut process = command.spawn().expect("the server starts");
        let output = process.stdout.take().expect("its output is a pipe");
        let mut server = Self {
            process,
            output: BufReader::new(output),
            origin: String::new(),
            descriptors: 0,
        };
        server.origin = server.next_origin();
        server
    }

    fn next_origin(&mut self) -> String {
        let mut line = String::new();
        // An end without a line has said why on its standard error.
        let read = self.output.read_line(&mut line);
        read.expect("the server says where it listens");
        let origin = line.trim_end().strip_prefix("listening on ");
        let origin = origin.unwrap_or_else(|| panic!("no address: {line:?}"));
        self.descriptors = self.process().descriptors();
        origin.to_owned()
    }

    /// Its address, without a path.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What it uses.
    pub fn process(&self) -> Process {
        Process::new(self.process.id())
    }

    /// Asks it to shut down, as a service manager does.
    pub fn terminate(&self) {
        let mut kill = Command::new("kill");
        let status = kill
            .args(["-s", "TERM", &self.process.id().to_string()])
            .status();
        assert!(status.expect("`kill` runs").success(), "it has ended");
    }

    /// How it has ended, if it has.
    pub fn end(&mut self) -> Option<ExitStatus> {
        self.process.try_wait().expect("a child of ours")
    }

    /// Fails if something is left of its clients: a file descriptor more than it had at first.
    pub fn expect_nothing_left(&self) {
        let process = self.process();
        expect_none("file descriptors", || {
            process.descriptors().saturating_sub(self.descriptors)
        });
    }
}

impl Drop for ConformanceServer {
    fn drop(&mut self) {
        // It may have ended by itself, and then there is nothing to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The same, which listens for HTTPS as well.
#[derive(Debug)]
pub struct SecureConformanceServer {
    server: ConformanceServer,
    origin: String,
    certificate: PathBuf,
}

impl SecureConformanceServer {
    /// Starts it on two ports of its own.
    pub fn start() -> Self {
        // The test's name would do, but for tests that start two.
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let file = format!("hub-conformance-{}-{number}.pem", std::process::id());
        let certificate = temp_dir().join(file);
        let path = certificate.display().to_string();
        let tls = ["--listen-tls", "127.0.0.1:0", "--tls-certificate", &path];
        let mut server = ConformanceServer::start(&tls);
        Self {
            origin: server.next_origin(),
            server,
            certificate,
        }
    }

    /// Its address for plain HTTP.
    pub fn plain(&self) -> &str {
        self.server.origin()
    }

    /// See [`ConformanceServer::expect_nothing_left`].
    pub fn expect_nothing_left(&self) {
        self.server.expect_nothing_left();
    }

    /// Its address for HTTPS, without a path.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The file of the certificate that clients have to trust.
    pub fn certificate(&self) -> &Path {
        &self.certificate
    }
}

impl Drop for SecureConformanceServer {
    fn drop(&mut self) {
        // Not worth a panic.
        let _ = std::fs::remove_file(&self.certificate);
    }
}
