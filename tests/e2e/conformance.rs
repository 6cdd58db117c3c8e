//! The functional tests of the official client, re-stated: each suite over each pair of transport
//! and protocol, in Node and in a headless Chromium, against the functional-test server.
//!
//! Every row of a suite prints its result. `HUB_CONFORMANCE_TABLE=<file>` collects them in a file:
//! a table in Markdown that a run makes itself.

use hub_e2e::{ConformanceServer, Rows, SecureConformanceServer, Suite};

fn check(suite: &'static str, transport: &'static str, protocol: &'static str) {
    let server = ConformanceServer::start(&[]);
    let rows = Suite::new(suite)
        .tell("HUB_URL", format!("{}/hubs/test", server.origin()))
        .tell("HUB_TRANSPORT", transport)
        .tell("HUB_PROTOCOL", protocol)
        .rows();
    conclude(rows);
    server.expect_nothing_left();
}

fn check_secure(transport: &'static str, protocol: &'static str) {
    let server = SecureConformanceServer::start();
    let certificate = server.certificate().display().to_string();
    let rows = Suite::new("conformance-https")
        .tell("HUB_URL", format!("{}/hubs/test", server.origin()))
        .tell("HUB_TRANSPORT", transport)
        .tell("HUB_PROTOCOL", protocol)
        .tell("NODE_EXTRA_CA_CERTS", certificate)
        .rows();
    conclude(rows);
    server.expect_nothing_left();
}

/// All suites, and those that only a browser can run.
fn check_in_chromium(transport: &'static str, protocol: &'static str) {
    check_in_browser("fetch", transport, protocol);
}

/// The suites of hubs, with the client library's other HTTP client.
fn check_by_xhr(transport: &'static str, protocol: &'static str) {
    check_in_browser("xhr", transport, protocol);
}

fn check_in_browser(client: &'static str, transport: &'static str, protocol: &'static str) {
    let server = SecureConformanceServer::start();
    let rows = Suite::new("browser-rows")
        .with_browser()
        .tell("HUB_HTTP_CLIENT", client)
        .tell("HUB_URL", format!("{}/hubs/test", server.plain()))
        .tell("SECURE_ORIGIN", server.origin())
        .tell("HUB_TRANSPORT", transport)
        .tell("HUB_PROTOCOL", protocol)
        .rows();
    conclude(rows);
    server.expect_nothing_left();
}

fn conclude(rows: Rows) {
    println!("{}", rows.text);
    rows.collect("HUB_CONFORMANCE_TABLE");
    rows.expect_success();
}

macro_rules! over_every_transport {
    ($($module:ident: $check:ident($($suite:literal)?);)*) => { $(
        mod $module {
            #[test]
            fn over_web_sockets_in_json() {
                super::$check($($suite,)? "WebSockets", "json");
            }

            #[test]
            fn over_web_sockets_in_message_pack() {
                super::$check($($suite,)? "WebSockets", "messagepack");
            }

            #[test]
            fn over_server_sent_events_in_json() {
                super::$check($($suite,)? "ServerSentEvents", "json");
            }

            #[test]
            fn over_long_polling_in_json() {
                super::$check($($suite,)? "LongPolling", "json");
            }

            #[test]
            fn over_long_polling_in_message_pack() {
                super::$check($($suite,)? "LongPolling", "messagepack");
            }
        }
    )* };
}

over_every_transport! {
    calls: check("conformance-calls");
    transports: check("conformance-transports");
    authorization: check("conformance-authorization");
    streams: check("conformance-streams");
    raw: check("conformance-raw");
    https: check_secure();
    in_chromium: check_in_chromium();
    in_chromium_by_xhr: check_by_xhr();
}

#[test]
fn routes() {
    check("conformance-routes", "WebSockets", "json");
}

#[test]
fn assertions_in_a_page_say_what_nodes_say() {
    Suite::new("browser-assert").run();
}
