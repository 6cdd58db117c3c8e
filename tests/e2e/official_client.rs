//! The official npm client in Node, through the generated TypeScript, over both protocols.

use std::time::Duration;

use hub_e2e::{Suite, TestServer};

fn check(suite: &'static str, protocol: &'static str) {
    let server = TestServer::start();
    Suite::new(suite)
        .tell("HUB_URL", server.hub_url())
        .tell("HUB_PROTOCOL", protocol)
        .run();
}

#[test]
fn calls_over_json() {
    check("calls", "json");
}

#[test]
fn calls_over_message_pack() {
    check("calls", "messagepack");
}

#[test]
fn values_over_json() {
    check("values", "json");
}

#[test]
fn values_over_message_pack() {
    check("values", "messagepack");
}

#[test]
fn errors_over_json() {
    check("errors", "json");
}

#[test]
fn errors_over_message_pack() {
    check("errors", "messagepack");
}

#[test]
fn detailed_errors() {
    let server = TestServer::with(|options| options.enable_detailed_errors = true);
    let url = server.hub_url();
    Suite::new("detailed")
        .tell("HUB_URL", &url)
        .tell("HUB_PROTOCOL", "json")
        .run();
    Suite::new("detailed")
        .tell("HUB_URL", &url)
        .tell("HUB_PROTOCOL", "messagepack")
        .run();
}

#[test]
fn targets_over_json() {
    check("targets", "json");
}

#[test]
fn targets_over_message_pack() {
    check("targets", "messagepack");
}

#[test]
fn closing_over_json() {
    check("closing", "json");
}

#[test]
fn closing_over_message_pack() {
    check("closing", "messagepack");
}

#[test]
fn negotiate() {
    check("negotiate", "json");
}

#[test]
fn handshakes() {
    let hasty = TestServer::with(|options| options.handshake_timeout = Duration::from_millis(50));
    let patient = TestServer::start();
    Suite::new("handshake")
        .tell("HUB_URL", patient.hub_url())
        .tell("HUB_PROTOCOL", "json")
        .tell("HASTY_URL", hasty.hub_url())
        .run();
}

#[test]
fn the_generated_client_passes_the_strict_compiler() {
    hub_e2e::check_types();
}
