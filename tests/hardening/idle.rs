//! What a connection costs that does nothing.

use crate::support::{Client, Http, Protocol, Server, Transport, figure};

const CLIENTS: usize = 250;

async fn check(transport: Transport) {
    let server = Server::start(&[]).await;
    let before = server.process().resident();
    let (mut clients, mut polls) = (Vec::new(), Vec::new());
    for _ in 0..CLIENTS {
        let client = Client::connect(server.address, (transport, Protocol::Json)).await;
        if transport == Transport::LongPolling {
            let mut poll = Http::connect(server.address).await;
            let get = format!("GET {} HTTP/1.1\r\nHost: test\r\n\r\n", client.path());
            poll.write(get).await;
            polls.push(poll);
        }
        clients.push(client);
    }
    server.is_idle().await;
    assert_eq!(server.sockets(), CLIENTS);
    let each = server.process().resident().saturating_sub(before) / CLIENTS / 1024;
    let row = format!("idle connection, {transport:?}");
    figure(&row, format!("{each} KiB"), "64 KiB (goal 24 KiB)");
    assert!(each <= 64, "{each} KiB");
    drop((clients, polls));
    server.has_recovered().await;
}

#[tokio::test]
async fn a_web_socket_costs_little() {
    check(Transport::WebSockets).await;
}

#[tokio::test]
async fn an_event_stream_costs_little() {
    check(Transport::ServerSentEvents).await;
}

#[tokio::test]
async fn a_waiting_poll_costs_little() {
    check(Transport::LongPolling).await;
}
