//! The pages of the examples in a headless Chromium.
//!
//! `HUB_SCREENSHOTS=<folder>` keeps pictures of what was seen.

use hub_e2e::{
    ConformanceServer, Suite, TestServer, build_page, build_page_for_development, check_explorer,
    example,
};

fn check(suite: &'static str, page: &str, package: &str) {
    build_page(page);
    check_built(suite, package);
}

fn check_built(suite: &'static str, package: &str) {
    let server = example(package).display().to_string();
    Suite::new(suite)
        .with_browser()
        .tell("SERVER", server)
        .run();
}

#[test]
fn two_pages_of_the_chat_talk_to_each_other_and_outlive_the_server() {
    check("chat", "examples/chat/web", "chat-server");
}

#[test]
fn the_view_counter_counts_up_and_down() {
    check(
        "view-counter",
        "examples/gallery/view_counter/web",
        "view-counter",
    );
}

#[test]
fn the_notice_board_is_closed_to_strangers_and_clears_for_admins() {
    check("roles", "examples/gallery/roles/web", "roles");
}

#[test]
fn the_string_tools_work_over_every_transport() {
    check(
        "string-tools",
        "examples/gallery/string_tools/web",
        "string-tools",
    );
}

#[test]
fn the_audience_in_react_lives_through_strict_mode() {
    build_page_for_development("examples/gallery/applause/web");
    check_built("applause", "applause");
}

#[test]
fn the_hooks_for_react_do_what_they_say_under_strict_mode() {
    Suite::new("react-hooks").with_browser().run();
}

/// Two servers: one with contracts of every shape, one with transports, paths, tokens and streams.
#[test]
fn the_explorer_calls_streams_and_answers() {
    let shapes = TestServer::start();
    let server = ConformanceServer::start(&[]);
    Suite::new("explorer")
        .with_browser()
        .tell("SHAPES", shapes.hub_url())
        .tell("ORIGIN", server.origin())
        .run();
    server.expect_nothing_left();
    shapes.expect_nothing_left();
}

#[test]
fn the_explorer_is_sound_to_the_strict_compiler_and_has_the_official_client() {
    check_explorer();
}
