use crate::contracts::*;
use expect_test::{ExpectFile, expect_file};
use hub_codegen::{Config, Dates, Framework, LargeIntegers, Mode};

/// One run; every file of it has a golden copy, so that a review shows what users get.
fn check(config: &Config, expected: &[(&str, ExpectFile)]) {
    let files = config.render().expect("the contract should render");
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    let expected_names: Vec<_> = expected.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, expected_names);
    for (file, (_, expected)) in files.iter().zip(expected) {
        expected.assert_eq(&file.text);
    }
}

macro_rules! golden {
    ($($file:literal),*) => { &[$(($file, expect_file![concat!("../golden/", $file)])),*] };
}

fn config() -> Config {
    Config::new(Mode::Write).large_integers(LargeIntegers::Number)
}

#[test]
fn calls_events_and_client_results() {
    check(
        &config().hub::<dyn ChatHub>(),
        golden!["chat-hub.ts", "hub-runtime.ts"],
    );
}

#[test]
fn streams_and_uploads() {
    check(
        &config().hub::<dyn NumbersHub>(),
        golden!["hub-runtime.ts", "hub-values.ts", "numbers-hub.ts"],
    );
}

#[test]
fn types_of_every_shape() {
    check(
        &config().hub::<dyn CanvasHub>(),
        golden!["canvas-hub.ts", "hub-runtime.ts", "hub-values.ts"],
    );
}

#[test]
fn bytes_and_dates() {
    check(
        &config().hub::<dyn ArchiveHub>().dates(Dates::Date).fakes(),
        golden![
            "archive-hub-fake.ts",
            "archive-hub.ts",
            "hub-fake.ts",
            "hub-lifecycle.ts",
            "hub-runtime.ts",
            "hub-values.ts"
        ],
    );
}

#[test]
fn two_hubs_that_share_types() {
    check(
        &config()
            .hub::<dyn RoomHub>()
            .hub::<dyn LobbyHub>()
            .hub::<dyn RoomHub>(),
        golden!["hub-runtime.ts", "lobby-hub.ts", "room-hub.ts", "types.ts"],
    );
}

#[test]
fn hubs_without_calls() {
    check(
        &config().hub::<dyn SilentHub>(),
        golden!["hub-runtime.ts", "silent-hub.ts"],
    );
    check(
        &config().hub::<dyn BareHub>(),
        golden!["bare-hub.ts", "hub-runtime.ts"],
    );
}

#[test]
fn files_for_frameworks_and_what_they_share() {
    check(
        &config()
            .hub::<dyn ChatHub>()
            .framework(Framework::React)
            .framework(Framework::RxJs)
            .framework(Framework::Svelte)
            .framework(Framework::Vue)
            .framework(Framework::React),
        golden![
            "chat-hub.ts",
            "hub-lifecycle.ts",
            "hub-react.ts",
            "hub-runtime.ts",
            "hub-rxjs.ts",
            "hub-svelte.ts",
            "hub-vue.ts"
        ],
    );
}

#[test]
fn fakes_for_tests_of_the_page() {
    check(
        &config()
            .hub::<dyn ChatHub>()
            .hub::<dyn NumbersHub>()
            .hub::<dyn BareHub>()
            .fakes(),
        golden![
            "bare-hub-fake.ts",
            "bare-hub.ts",
            "chat-hub-fake.ts",
            "chat-hub.ts",
            "hub-fake.ts",
            "hub-lifecycle.ts",
            "hub-runtime.ts",
            "hub-values.ts",
            "numbers-hub-fake.ts",
            "numbers-hub.ts"
        ],
    );
}
