//! The official npm client in Node, through the generated TypeScript, over both protocols.

use std::time::Duration;

use hub_e2e::{Suite, TestServer};

fn check(suite: &'static str, transport: &'static str, protocol: &'static str) {
    let server = TestServer::start();
    Suite::new(suite)
        .tell("HUB_URL", server.hub_url())
        .tell("HUB_TRANSPORT", transport)
        .tell("HUB_PROTOCOL", protocol)
        .run();
}

/// Each suite over each pair of transport and protocol that there is: Server-Sent Events carry
/// text only.
macro_rules! over_every_transport {
    ($($suite:ident)*) => { $(
        mod $suite {
            #[test]
            fn over_web_sockets_in_json() {
                super::check(stringify!($suite), "WebSockets", "json");
            }

            #[test]
            fn over_web_sockets_in_message_pack() {
                super::check(stringify!($suite), "WebSockets", "messagepack");
            }

            #[test]
            fn over_server_sent_events_in_json() {
                super::check(stringify!($suite), "ServerSentEvents", "json");
            }

            #[test]
            fn over_long_polling_in_json() {
                super::check(stringify!($suite), "LongPolling", "json");
            }

            #[test]
            fn over_long_polling_in_message_pack() {
                super::check(stringify!($suite), "LongPolling", "messagepack");
            }
        }
    )* };
}

over_every_transport!(calls values errors targets closing);

#[test]
fn detailed_errors() {
    let server = TestServer::with(|options| options.enable_detailed_errors = true);
    let url = server.hub_url();
    Suite::new("detailed")
        .tell("HUB_URL", &url)
        .tell("HUB_TRANSPORT", "WebSockets")
        .tell("HUB_PROTOCOL", "json")
        .run();
    Suite::new("detailed")
        .tell("HUB_URL", &url)
        .tell("HUB_TRANSPORT", "WebSockets")
        .tell("HUB_PROTOCOL", "messagepack")
        .run();
}

/// Only WebSockets can be resumed.
fn check_resumed(protocol: &'static str) {
    let server = TestServer::with(|options| options.allow_stateful_reconnects = true);
    Suite::new("stateful-reconnect")
        .tell("HUB_URL", server.hub_url())
        .tell("HUB_TRANSPORT", "WebSockets")
        .tell("HUB_PROTOCOL", protocol)
        .run();
}

#[test]
fn stateful_reconnect_in_json() {
    check_resumed("json");
}

#[test]
fn stateful_reconnect_in_message_pack() {
    check_resumed("messagepack");
}

#[test]
fn negotiate() {
    check("negotiate", "WebSockets", "json");
}

#[test]
fn handshakes() {
    let hasty = TestServer::with(|options| options.handshake_timeout = Duration::from_millis(50));
    let patient = TestServer::start();
    Suite::new("handshake")
        .tell("HUB_URL", patient.hub_url())
        .tell("HUB_TRANSPORT", "WebSockets")
        .tell("HUB_PROTOCOL", "json")
        .tell("HASTY_URL", hasty.hub_url())
        .run();
}

#[test]
fn the_generated_client_passes_the_strict_compiler() {
    hub_e2e::check_types();
}
