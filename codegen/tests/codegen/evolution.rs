//! The chat's contract over five releases, and what the lock file says of each.

#![allow(dead_code, reason = "the types are described, never made")]

use crate::contracts::{client, hub, typed_error};
use expect_test::expect_file;
use hub_codegen::{CodegenError, Config, Mode};
use hub_core::contract::HubContract;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The first release.
mod first {
    use super::*;

    #[derive(serde::Serialize, ts_rs::TS, schemars::JsonSchema)]
    #[serde(rename_all = "camelCase")]
    struct ChatMessage {
        user: String,
        text: String,
        sent_at: String,
    }
    client! {
        ChatClient,
        event "ReceiveMessage" receive_message(message: plain ChatMessage) -> ();
    }
    hub! {
        ChatHub, client = dyn ChatClient,
        Invocation "SendMessage" send_message(room: plain String, text: plain String) -> u32;
        Invocation "Ban" ban(user: plain String, reason: optional Option<String>) -> ();
    }
}

/// More of everything, which nobody has to know.
mod second {
    use super::*;

    #[derive(serde::Serialize, ts_rs::TS, schemars::JsonSchema)]
    #[serde(rename_all = "camelCase")]
    struct ChatMessage {
        user: String,
        text: String,
        sent_at: String,
        edited: bool,
    }
    client! {
        ChatClient,
        event "UserTyping" user_typing(room: plain String, user: plain String) -> ();
        event "ReceiveMessage" receive_message(message: plain ChatMessage, room: plain String) -> ();
    }
    hub! {
        ChatHub, client = dyn ChatClient,
        Invocation "Ban" ban(user: plain String, reason: optional Option<String>, days: optional Option<u32>) -> ();
        Invocation "SendMessage" send_message(room: plain String, text: plain String) -> u32;
        Invocation "History" history(room: plain String) -> Vec<ChatMessage>;
    }
}

/// Another form of time stamps, and a method with another name.
macro_rules! third {
    ($name:ident $(, version = $version:literal)?) => {
        mod $name {
            use super::*;

            #[derive(serde::Serialize, ts_rs::TS, schemars::JsonSchema)]
            #[serde(rename_all = "camelCase")]
            struct ChatMessage {
                user: String,
                text: String,
                sent_at: u32,
                edited: bool,
            }
            client! {
                ChatClient,
                event "UserTyping" user_typing(room: plain String, user: plain String) -> ();
                event "ReceiveMessage" receive_message(message: plain ChatMessage, room: plain String) -> ();
            }
            hub! {
                ChatHub, client = dyn ChatClient, $(@version $version,)?
                Invocation "Ban" ban(user: plain String, reason: optional Option<String>, days: optional Option<u32>) -> ();
                Invocation "Say" say(room: plain String, text: plain String) -> u32;
                Invocation "History" history(room: plain String) -> Vec<ChatMessage>;
            }
        }
    };
}
third!(third);
third!(third_raised, version = 2);

/// A wider argument, another name for one, a stream, and errors that clients can tell apart.
mod fourth {
    use super::*;

    #[derive(serde::Serialize, serde::Deserialize, ts_rs::TS, schemars::JsonSchema)]
    #[serde(tag = "code", content = "data", rename_all = "camelCase")]
    enum SayError {
        Muted { minutes: u32 },
        NotHere,
    }
    typed_error!(SayError);

    #[derive(serde::Serialize, ts_rs::TS, schemars::JsonSchema)]
    #[serde(rename_all = "camelCase")]
    struct ChatMessage {
        user: String,
        text: String,
        sent_at: u32,
        edited: bool,
    }
    #[derive(serde::Serialize, ts_rs::TS, schemars::JsonSchema)]
    #[serde(untagged)]
    enum Sayable {
        Text(String),
        Picture { url: String },
    }
    client! {
        ChatClient,
        event "UserTyping" user_typing(room: plain String, user: plain String) -> ();
        event "ReceiveMessage" receive_message(message: plain ChatMessage, room: plain String) -> ();
    }
    hub! {
        ChatHub, client = dyn ChatClient, @version 2,
        Invocation "Ban" ban(person: plain String, reason: optional Option<String>, days: optional Option<u32>) -> ();
        Invocation "Say" say(room: plain String, text: plain Sayable) -> u32, fails SayError;
        Invocation "History" history(room: plain String) -> Vec<ChatMessage>;
        Stream "Follow" follow(room: plain String) -> ChatMessage;
    }
}

/// Arguments that have changed places, a question that no earlier client answers, and an error that
/// none knows.
macro_rules! fifth {
    ($name:ident, version = $version:literal) => {
        mod $name {
            use super::*;

            #[derive(serde::Serialize, ts_rs::TS, schemars::JsonSchema)]
            #[serde(rename_all = "camelCase")]
            struct ChatMessage {
                user: String,
                text: String,
                sent_at: u32,
                edited: bool,
            }
            #[derive(serde::Serialize, serde::Deserialize, ts_rs::TS, schemars::JsonSchema)]
            #[serde(tag = "code", content = "data", rename_all = "camelCase")]
            enum SayError {
                Muted { minutes: u32 },
                NotHere,
                TooLong { longest: u32 },
            }
            typed_error!(SayError);
            client! {
                ChatClient,
                event "UserTyping" user_typing(user: plain String, room: plain String) -> ();
                event "ReceiveMessage" receive_message(message: plain ChatMessage, room: plain String) -> ();
                result "Vote" vote(question: plain String) -> bool;
            }
            hub! {
                ChatHub, client = dyn ChatClient, @version $version,
                Invocation "Ban" ban(person: plain String, reason: optional Option<String>, days: optional Option<u32>) -> ();
                Invocation "Say" say(room: plain String, text: plain String) -> u32, fails SayError;
                Invocation "History" history(room: plain String) -> Vec<ChatMessage>;
                Stream "Follow" follow(room: plain String) -> ChatMessage;
            }
        }
    };
}
fifth!(fifth, version = 2);
fifth!(fifth_raised, version = 3);

/// Checks a release against the lock file, then writes what may be written.
fn release<H: HubContract + ?Sized>(story: &mut String, lock: &Path, title: &str) {
    let config = |mode| Config::new(mode).hub::<H>().lock(lock);
    let _ = writeln!(story, "## {title}\n");
    let said = match config(Mode::Check).try_run() {
        Ok(_) => "the lock file is up to date\n".to_owned(),
        Err(error @ CodegenError::Breaking { .. }) => format!("check fails: {error}\n"),
        Err(CodegenError::OutOfDate { differences, .. }) => {
            format!("check asks for a run, which adds:\n{differences}")
        }
        Err(other) => panic!("{other}"),
    };
    let said = said.replace(&lock.display().to_string(), "contracts.lock");
    let _ = writeln!(story, "{said}");
    let before = fs::read_to_string(lock).ok();
    let warnings = config(Mode::Write).try_run().unwrap().warnings;
    if warnings.is_empty() {
        config(Mode::Check)
            .try_run()
            .expect("what was written is up to date");
    } else {
        assert_eq!(
            fs::read_to_string(lock).ok(),
            before,
            "a breaking change was written"
        );
    }
}

#[test]
fn five_releases() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("evolution");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let lock = &folder.join("contracts.lock");
    let mut story = String::new();
    let it = &mut story;
    release::<dyn first::ChatHub>(it, lock, "1: the first release");
    release::<dyn second::ChatHub>(it, lock, "2: more of everything");
    release::<dyn third::ChatHub>(it, lock, "3: other time stamps, and a method renamed");
    release::<dyn third_raised::ChatHub>(it, lock, "3, with `version = 2`");
    release::<dyn fourth::ChatHub>(it, lock, "4: a wider argument, a stream, and errors");
    release::<dyn fifth::ChatHub>(
        it,
        lock,
        "5: arguments that change places, a question, and a new error",
    );
    release::<dyn fifth_raised::ChatHub>(it, lock, "5, with `version = 3`");
    release::<dyn fifth_raised::ChatHub>(it, lock, "5, built again");
    expect_file!["../evolution/story.md"].assert_eq(&story);
    let lock = fs::read_to_string(lock).unwrap();
    expect_file!["../evolution/contracts.lock"].assert_eq(&lock);
}
