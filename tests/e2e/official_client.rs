//! The official npm client in Node, through the generated TypeScript, over both protocols.

use std::time::Duration;

use hub_e2e::{CONTRACTS, ConformanceServer, Suite, TestServer};
use hub_runtime::{ConnectionLimits, ContractMismatch};

fn check(suite: &'static str, transport: &'static str, protocol: &'static str) {
    let server = TestServer::start();
    Suite::new(suite)
        .tell("HUB_URL", server.hub_url())
        .tell("HUB_TRANSPORT", transport)
        .tell("HUB_PROTOCOL", protocol)
        .run();
    server.expect_nothing_left();
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

/// Every way for a connection to end. `HUB_ENDINGS_TABLE=<file>` collects what both sides were told.
fn check_endings(transport: &'static str, protocol: &'static str) {
    let server = TestServer::start();
    let impatient = TestServer::with(|options| {
        options.client_timeout_interval = Duration::from_millis(500);
    });
    let doomed = TestServer::start();
    let rows = Suite::new("endings")
        .tell("HUB_URL", server.hub_url())
        .tell("IMPATIENT_URL", impatient.hub_url())
        .tell("DOOMED_URL", doomed.hub_url())
        .tell("HUB_TRANSPORT", transport)
        .tell("HUB_PROTOCOL", protocol)
        .rows();
    rows.collect("HUB_ENDINGS_TABLE");
    rows.expect_success();
    for server in [server, impatient, doomed] {
        server.expect_nothing_left();
    }
}

#[test]
fn endings_over_web_sockets_in_json() {
    check_endings("WebSockets", "json");
}

#[test]
fn endings_over_web_sockets_in_message_pack() {
    check_endings("WebSockets", "messagepack");
}

#[test]
fn endings_over_server_sent_events_in_json() {
    check_endings("ServerSentEvents", "json");
}

#[test]
fn endings_over_long_polling_in_json() {
    check_endings("LongPolling", "json");
}

#[test]
fn endings_over_long_polling_in_message_pack() {
    check_endings("LongPolling", "messagepack");
}

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
    server.expect_nothing_left();
}

/// Only WebSockets can be resumed.
fn check_resumed(protocol: &'static str) {
    let server = TestServer::with(|options| options.allow_stateful_reconnects = true);
    Suite::new("stateful-reconnect")
        .tell("HUB_URL", server.hub_url())
        .tell("HUB_TRANSPORT", "WebSockets")
        .tell("HUB_PROTOCOL", protocol)
        .run();
    server.expect_nothing_left();
}

#[test]
fn stateful_reconnect_in_json() {
    check_resumed("json");
}

#[test]
fn stateful_reconnect_in_message_pack() {
    check_resumed("messagepack");
}

/// Only WebSockets are compressed.
fn check_compressed(suite: &'static str, protocol: &'static str) {
    let server = TestServer::with(|options| {
        options.allow_stateful_reconnects = true;
        options.dangerous_enable_compression = true;
    });
    Suite::new(suite)
        .tell("HUB_URL", server.hub_url())
        .tell("HUB_TRANSPORT", "WebSockets")
        .tell("HUB_PROTOCOL", protocol)
        .run();
    server.expect_nothing_left();
}

#[test]
fn compression_in_json() {
    check_compressed("compression", "json");
}

#[test]
fn compression_in_message_pack() {
    check_compressed("compression", "messagepack");
}

#[test]
fn calls_over_compressed_sockets() {
    check_compressed("calls", "json");
    check_compressed("stateful-reconnect", "json");
}

fn check_limits(transport: &'static str, protocol: &'static str) {
    let limited = TestServer::with(|options| {
        options.maximum_connections = Some(2);
        options.maximum_groups_per_connection = 1;
        options.maximum_group_name_length = 10;
    });
    let limits = |limits: &mut ConnectionLimits| limits.maximum_connections_per_user = Some(1);
    let by_user = TestServer::limited(limits, |_| ());
    let defaults = ConformanceServer::start(&[]);
    Suite::new("limits")
        .tell("HUB_URL", limited.hub_url())
        .tell("USERS_URL", by_user.hub_url())
        .tell("DEFAULTS_URL", format!("{}/hubs/test", defaults.origin()))
        .tell("HUB_TRANSPORT", transport)
        .tell("HUB_PROTOCOL", protocol)
        .run();
    limited.expect_nothing_left();
    by_user.expect_nothing_left();
    defaults.expect_nothing_left();
}

#[test]
fn limits_over_web_sockets_in_json() {
    check_limits("WebSockets", "json");
}

#[test]
fn limits_over_server_sent_events_in_json() {
    check_limits("ServerSentEvents", "json");
}

#[test]
fn limits_over_long_polling_in_message_pack() {
    check_limits("LongPolling", "messagepack");
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
    for server in [patient, hasty] {
        server.expect_nothing_left();
    }
}

#[test]
fn the_generated_client_passes_the_strict_compiler() {
    hub_e2e::check_types();
}

fn check_contracts(transport: &'static str, protocol: &'static str) {
    let server = |mismatch| TestServer::with(move |options| options.contract_mismatch = mismatch);
    let [tells, warns, ignores, refuses] = [
        ContractMismatch::Tell,
        ContractMismatch::Warn,
        ContractMismatch::Ignore,
        ContractMismatch::Refuse,
    ]
    .map(server);
    let section = CONTRACTS.split("hub TestHub\n").nth(1);
    let mut revisions = section
        .into_iter()
        .flat_map(|section| section.split("  revision "));
    let old = revisions
        .nth(1)
        .and_then(|revision| revision.lines().next());
    Suite::new("contract")
        .tell("HUB_URL", tells.hub_url())
        .tell("WARNS_URL", warns.hub_url())
        .tell("IGNORES_URL", ignores.hub_url())
        .tell("REFUSES_URL", refuses.hub_url())
        .tell(
            "OLD_CONTRACT",
            old.expect("there was a version before this one"),
        )
        .tell("HUB_TRANSPORT", transport)
        .tell("HUB_PROTOCOL", protocol)
        .run();
    for server in [tells, warns, ignores, refuses] {
        server.expect_nothing_left();
    }
}

#[test]
fn contracts_over_web_sockets_in_json() {
    check_contracts("WebSockets", "json");
}

#[test]
fn contracts_over_server_sent_events_in_json() {
    check_contracts("ServerSentEvents", "json");
}

#[test]
fn contracts_over_long_polling_in_message_pack() {
    check_contracts("LongPolling", "messagepack");
}
