//! Autobahn's WebSocket cases: what every WebSocket server has to do, right and wrong frames alike.

use hub_e2e::{ConformanceServer, Script};

#[test]
fn every_case_is_passed() {
    let server = ConformanceServer::start(&[]);
    Script::new("websocket_cases").tell(server.origin()).run();
    server.expect_nothing_left();
}

#[test]
fn every_case_of_compression_is_passed() {
    let server = ConformanceServer::start(&["--compression"]);
    Script::new("compression_cases").tell(server.origin()).run();
    server.expect_nothing_left();
}
