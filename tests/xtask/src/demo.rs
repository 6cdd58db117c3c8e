//! `cargo xtask demo`: the chat, from a fresh clone to a page in the browser.

use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::{Failure, process, setup, workspace};

/// The hidden command that opens the browser once the server answers.
pub(crate) const OPEN_WHEN_READY: &str = "open-when-ready";

#[derive(Debug, PartialEq)]
struct Options {
    port: u16,
    open: bool,
}

/// Installs, builds, and turns into the chat server, until Ctrl-C ends it.
pub(crate) fn run(options: &[&str]) -> Result<(), Failure> {
    let options = parse(options)?;
    let root = workspace::root();
    let page = root.join("examples/chat/web");
    setup::page(&page)?;
    // The server's build script writes the TypeScript that the page is then built from.
    process::show(process::cargo(&root).args(["build", "--package", "chat-server"]))?;
    process::show(
        Command::new("npm")
            .current_dir(&page)
            .args(["run", "build"]),
    )?;
    if options.open && has_display() {
        open_later(options.port)?;
    }
    let port = options.port.to_string();
    become_program(process::cargo(&root).args([
        "run",
        "--quiet",
        "--package",
        "chat-server",
        "--",
        "--port",
        &port,
    ]))
}

/// Waits until something listens at `address`, then shows it in the browser.
pub(crate) fn open_when_ready(address: &str) -> Result<(), Failure> {
    for _ in 0..100 {
        if TcpStream::connect(address).is_ok() {
            let opener = if cfg!(target_os = "macos") {
                "open"
            } else {
                "xdg-open"
            };
            let answer = process::answers(opener, &[&format!("http://{address}/")]);
            return answer
                .map(drop)
                .ok_or_else(|| format!("`{opener}` could not open a browser"));
        }
        thread::sleep(Duration::from_millis(100));
    }
    Err(format!("nothing listens at {address}"))
}

fn parse(options: &[&str]) -> Result<Options, Failure> {
    let mut parsed = Options {
        port: 5080,
        open: true,
    };
    let mut words = options.iter();
    while let Some(word) = words.next() {
        match *word {
            "--no-open" => parsed.open = false,
            "--port" => {
                let port = words.next().and_then(|port| port.parse().ok());
                parsed.port = port.ok_or("--port wants a number between 0 and 65535")?;
            }
            other => return Err(format!("unknown option `{other}`\n\n{}", crate::USAGE)),
        }
    }
    Ok(parsed)
}

fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(target_os = "macos") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

/// The browser is opened by a process of its own, because this one is about to become the server.
fn open_later(port: u16) -> Result<(), Failure> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command
        .args([OPEN_WHEN_READY, &format!("127.0.0.1:{port}")])
        .stdin(Stdio::null());
    command.spawn().map(drop).map_err(|error| error.to_string())
}

/// The server takes this process's place, so that Ctrl-C reaches it alone and it may end in order.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt as _;
    Err(format!("cargo could not be started: {}", command.exec()))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<(), Failure> {
    process::show(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(options: &[&str], expected: (u16, bool)) {
        let (port, open) = expected;
        assert_eq!(parse(options), Ok(Options { port, open }));
    }

    #[test]
    fn options_have_defaults_and_any_order() {
        check(&[], (5080, true));
        check(&["--no-open"], (5080, false));
        check(&["--port", "81", "--no-open"], (81, false));
        check(&["--no-open", "--port", "0"], (0, false));
    }

    #[test]
    fn mistakes_are_named() {
        assert!(parse(&["--port"]).is_err_and(|text| text.contains("--port wants")));
        assert!(parse(&["--port", "70000"]).is_err());
        assert!(parse(&["--quick"]).is_err_and(|text| text.contains("`--quick`")));
    }
}
