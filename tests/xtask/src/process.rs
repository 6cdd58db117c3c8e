//! Running other programs: shown as they go, or captured for a report.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::Failure;

/// A program that has ended: whether it was content, and all that it said.
pub(crate) struct Finished {
    pub(crate) success: bool,
    pub(crate) output: String,
}

/// Cargo as the one that runs us, in the folder of the workspace.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Runs a program with its output on the terminal.
pub(crate) fn show(command: &mut Command) -> Result<(), Failure> {
    let line = describe(command);
    println!("$ {line}");
    match command.stdin(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`{line}` failed: {status}")),
        Err(error) => Err(format!("`{line}` could not be started: {error}")),
    }
}

/// Runs a program to its end and keeps what it prints, both streams in the order of their lines.
pub(crate) fn capture(command: &mut Command) -> Finished {
    // What is read by a program must not hold colour codes, whatever the caller's environment says.
    command
        .env("CARGO_TERM_COLOR", "never")
        .env("NO_COLOR", "1");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let line = describe(command);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            let output = format!("`{line}` could not be started: {error}\n");
            return Finished {
                success: false,
                output,
            };
        }
    };
    let text = Arc::new(Mutex::new(format!("$ {line}\n")));
    let readers = [
        child.stdout.take().map(|stream| collect(stream, &text)),
        child.stderr.take().map(|stream| collect(stream, &text)),
    ];
    for reader in readers.into_iter().flatten() {
        // A reader only ends early by a panic, and the exit status is worth having even then.
        let _ = reader.join();
    }
    let success = child.wait().is_ok_and(|status| status.success());
    let output = std::mem::take(&mut *text.lock().unwrap_or_else(PoisonError::into_inner));
    Finished { success, output }
}

/// Whether a program can be started at all.
pub(crate) fn answers(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

fn collect(
    stream: impl Read + Send + 'static,
    text: &Arc<Mutex<String>>,
) -> thread::JoinHandle<()> {
    let text = Arc::clone(text);
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
            text.push_str(&String::from_utf8_lossy(&line));
            text.push('\n');
        }
    })
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_by_the_name_of_its_program() {
        let mut command = Command::new("/usr/bin/npm");
        command.args(["run", "build"]);
        assert_eq!(describe(&command), "npm run build");
    }

    #[test]
    fn a_program_that_does_not_exist_is_a_failure_that_says_so() {
        let finished = capture(&mut Command::new("no-such-program-here"));
        assert!(!finished.success);
        assert!(
            finished
                .output
                .starts_with("`no-such-program-here` could not be started")
        );
    }
}
