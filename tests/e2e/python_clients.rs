//! Two Python clients, each over every transport and protocol that it speaks, against the
//! functional-test server.

use hub_e2e::{ConformanceServer, Script};

fn check(client: &'static str, transport: &str, protocol: &str) {
    // signalrcore notices that it was stopped when the next message comes, and of several messages
    // in one poll it hands out one for each poll: so let pings and ends of polls come often.
    let server = ConformanceServer::start(&["--keep-alive", "200", "--poll-timeout", "200"]);
    Script::new(client)
        .tell(server.origin())
        .tell(format!("--transport={transport}"))
        .tell(format!("--protocol={protocol}"))
        .run();
    server.expect_nothing_left();
}

mod pysignalr {
    #[test]
    fn over_web_sockets_in_json() {
        super::check("with_pysignalr", "WebSockets", "json");
    }

    #[test]
    fn over_web_sockets_in_message_pack() {
        super::check("with_pysignalr", "WebSockets", "messagepack");
    }
}

mod signalrcore {
    #[test]
    fn over_web_sockets_in_json() {
        super::check("with_signalrcore", "WebSockets", "json");
    }

    #[test]
    fn over_web_sockets_in_message_pack() {
        super::check("with_signalrcore", "WebSockets", "messagepack");
    }

    #[test]
    fn over_server_sent_events_in_json() {
        super::check("with_signalrcore", "ServerSentEvents", "json");
    }

    #[test]
    fn over_long_polling_in_json() {
        super::check("with_signalrcore", "LongPolling", "json");
    }
}
