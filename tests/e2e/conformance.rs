//! The functional tests of the official client, re-stated: each suite over each pair of transport
//! and protocol, against the functional-test server.
//!
//! Every row of a suite prints its result. `HUB_CONFORMANCE_TABLE=<file>` collects them in a file:
//! a table in Markdown that a run makes itself.

use hub_e2e::{ConformanceServer, Suite};

fn check(suite: &'static str, transport: &'static str, protocol: &'static str) {
    let server = ConformanceServer::start(&[]);
    let rows = Suite::new(suite)
        .tell("HUB_URL", format!("{}/hubs/test", server.origin()))
        .tell("HUB_TRANSPORT", transport)
        .tell("HUB_PROTOCOL", protocol)
        .rows();
    println!("{}", rows.text);
    rows.collect("HUB_CONFORMANCE_TABLE");
    rows.expect_success();
}

macro_rules! over_every_transport {
    ($($module:ident: $suite:literal)*) => { $(
        mod $module {
            #[test]
            fn over_web_sockets_in_json() {
                super::check($suite, "WebSockets", "json");
            }

            #[test]
            fn over_web_sockets_in_message_pack() {
                super::check($suite, "WebSockets", "messagepack");
            }

            #[test]
            fn over_server_sent_events_in_json() {
                super::check($suite, "ServerSentEvents", "json");
            }

            #[test]
            fn over_long_polling_in_json() {
                super::check($suite, "LongPolling", "json");
            }

            #[test]
            fn over_long_polling_in_message_pack() {
                super::check($suite, "LongPolling", "messagepack");
            }
        }
    )* };
}

over_every_transport! {
    calls: "conformance-calls"
    transports: "conformance-transports"
    streams: "conformance-streams"
    raw: "conformance-raw"
}

#[test]
fn routes() {
    check("conformance-routes", "WebSockets", "json");
}
