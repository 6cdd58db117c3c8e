//! The lock file on the disk.

use crate::contracts::{ArchiveHub, ChatHub, LobbyHub, RoomHub, hub};
use hub_codegen::{CodegenError, Config, Dates, LargeIntegers, Mode};
use hub_core::contract::{HubContract, Ledger, NoClient};
use std::fs;
use std::path::{Path, PathBuf};

/// A path in an empty folder of the test's own.
fn lock(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("locks")
        .join(test);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder.join("contracts.lock")
}

fn run<H: HubContract + ?Sized>(mode: Mode, lock: &Path) -> Result<(), CodegenError> {
    let config = Config::new(mode).large_integers(LargeIntegers::Number);
    config.hub::<H>().lock(lock).try_run().map(drop)
}

/// The hub of another module with one method, `A`.
mod raised {
    use super::*;
    hub! { RoomHub, client = dyn NoClient, @version 7, Invocation "A" a() -> (); }
}

mod lowered {
    use super::*;
    hub! { RoomHub, client = dyn NoClient, @version 6, Invocation "A" a() -> (); }
}

#[test]
fn a_hub_that_is_missing_in_the_file_is_out_of_date() {
    let lock = lock("missing");
    let missing = run::<dyn ChatHub>(Mode::Check, &lock).unwrap_err();
    assert!(
        matches!(&missing, CodegenError::OutOfDate { .. }),
        "{missing}"
    );
    let missing = missing.to_string();
    assert!(
        missing.starts_with("generated files are out of date\n"),
        "{missing}"
    );
    assert!(
        missing.contains("contracts.lock (lock file): missing\n"),
        "{missing}"
    );
    run::<dyn ChatHub>(Mode::Write, &lock).unwrap();
    run::<dyn ChatHub>(Mode::Check, &lock).unwrap();
    assert!(run::<dyn RoomHub>(Mode::Check, &lock).is_err());
}

#[test]
fn what_the_client_carries_is_the_latest_revision() {
    let lock = lock("carries");
    let config = Config::new(Mode::Write)
        .large_integers(LargeIntegers::Number)
        .hub::<dyn RoomHub>()
        .hub::<dyn LobbyHub>()
        .lock(&lock);
    config.try_run().unwrap();
    let ledger = Ledger::parse(&fs::read_to_string(&lock).unwrap()).unwrap();
    for file in config.render().unwrap() {
        let hub = match file.name.as_str() {
            "room-hub.ts" => "RoomHub",
            "lobby-hub.ts" => "LobbyHub",
            _ => continue,
        };
        let revision = ledger.revisions(hub).unwrap().last().unwrap();
        assert!(
            file.text.contains(&format!("contract = \"{revision}\";")),
            "{hub}"
        );
    }
}

#[test]
fn hubs_of_other_runs_are_left_alone() {
    let lock = lock("others");
    run::<dyn ChatHub>(Mode::Write, &lock).unwrap();
    let one = fs::read_to_string(&lock).unwrap();
    run::<dyn RoomHub>(Mode::Write, &lock).unwrap();
    let two = fs::read_to_string(&lock).unwrap();
    assert!(two.starts_with(&one) && two.len() > one.len(), "{two}");
    run::<dyn ChatHub>(Mode::Check, &lock).unwrap();
}

#[test]
fn a_file_of_before_errors_stood_in_it_is_read() {
    let lock = lock("without-errors");
    run::<dyn RoomHub>(Mode::Write, &lock).unwrap();
    let text = fs::read_to_string(&lock).unwrap();
    let earlier: String = text
        .split_inclusive('\n')
        .filter(|line| !line.contains("fails "))
        .collect();
    assert_ne!(earlier, text);
    let revision = text
        .lines()
        .find(|line| line.starts_with("  revision "))
        .unwrap();
    let earlier = earlier.replace(revision, "  revision 1-0123456789abcdef");
    fs::write(&lock, earlier).unwrap();
    let check = run::<dyn RoomHub>(Mode::Check, &lock).unwrap_err();
    assert!(matches!(&check, CodegenError::OutOfDate { .. }), "{check}");
    run::<dyn RoomHub>(Mode::Write, &lock).unwrap();
    let notes = "  revision 1-0123456789abcdef\n\
                 REVISION\n    # + method Enter: can fail with `EntryError`\n    \
                 # + stream Leave: can fail with `EntryError`\n    \
                 # + stream Leave: can fail with `LeaveError`\n";
    let notes = notes.replace("REVISION", revision);
    let text = fs::read_to_string(&lock).unwrap();
    assert!(text.contains(&notes), "{text}");
}

#[test]
fn line_ends_of_a_checkout_are_no_change() {
    let lock = lock("line-ends");
    run::<dyn ChatHub>(Mode::Write, &lock).unwrap();
    let text = fs::read_to_string(&lock).unwrap().replace('\n', "\r\n");
    fs::write(&lock, &text).unwrap();
    run::<dyn ChatHub>(Mode::Check, &lock).unwrap();
    run::<dyn ChatHub>(Mode::Write, &lock).unwrap();
    assert_eq!(fs::read_to_string(&lock).unwrap(), text);
}

#[test]
fn versions_are_never_lowered() {
    let lock = lock("lowered");
    run::<dyn raised::RoomHub>(Mode::Write, &lock).unwrap();
    let error = run::<dyn lowered::RoomHub>(Mode::Write, &lock).unwrap_err();
    let expected = "`RoomHub` has version 6, and the lock file knows version 7 of it already";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_damaged_file_is_refused_with_its_line() {
    #[track_caller]
    fn check(name: &str, from: &str, to: &str, expected: &str) {
        let lock = lock(name);
        run::<dyn lowered::RoomHub>(Mode::Write, &lock).unwrap();
        let text = fs::read_to_string(&lock).unwrap();
        assert!(text.contains(from), "{text}");
        fs::write(&lock, text.replace(from, to)).unwrap();
        // A contract that is not the latest has to read what was there.
        let error = run::<dyn raised::RoomHub>(Mode::Write, &lock).unwrap_err();
        let expected = format!(
            "`{}` cannot be read: {expected}; take it from version control again",
            lock.display()
        );
        assert_eq!(error.to_string(), expected);
    }
    check(
        "conflict",
        "  contract\n",
        "<<<<<<< HEAD\n",
        "line 6: a merge has left a conflict here",
    );
    check(
        "revision",
        "revision 6",
        "revision 06",
        "line 5: no revision",
    );
    check(
        "strange",
        "  contract\n",
        "contracts\n",
        "line 6: not what codegen writes",
    );
    check(
        "call",
        "method A",
        "metod A",
        "the contract of `RoomHub` has a line of another form: `metod A`",
    );
}

#[test]
fn what_users_hold_for_a_date_is_no_change_of_the_contract() {
    let lock = lock("dates");
    let run = |mode, dates| {
        let config = Config::new(mode).large_integers(LargeIntegers::Number);
        config
            .hub::<dyn ArchiveHub>()
            .dates(dates)
            .lock(&lock)
            .try_run()
    };
    run(Mode::Write, Dates::Text).unwrap();
    let text = fs::read_to_string(&lock).unwrap();
    assert!(text.contains("keptAt: string"), "{text}");
    assert!(text.contains("content: Uint8Array | string"), "{text}");
    assert!(text.contains("at: Date | string"), "{text}");
    run(Mode::Check, Dates::Date).unwrap();
    run(Mode::Write, Dates::Date).unwrap();
    assert_eq!(fs::read_to_string(&lock).unwrap(), text);
}
