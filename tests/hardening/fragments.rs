//! WebSocket messages in pieces, and messages that never end.

use crate::support::{BINARY, CONTINUATION, Client, FIN, PING, Protocol, Server, TEXT, frame};
use serde_json::json;

/// The most fragments that a message may have.
const FRAGMENTS: usize = 4096;
/// The most bytes that may be held for one.
const HELD: usize = 65_536;

/// So many fragments of a message that goes on end the connection, with what stands before each.
async fn are_closed(server: &Server, first: u8, payload: &[u8], count: usize, before: &[u8]) {
    let mut socket = Client::json(server.address).await.into_socket();
    socket.write(&frame(first, payload)).await;
    let fragment = [before, &frame(CONTINUATION, payload)].concat();
    socket.write(&fragment.repeat(count - 1)).await;
    while socket.read().await.is_some() {}
}

#[tokio::test]
async fn a_message_that_never_ends_is_closed() {
    let server = Server::start(&[]).await;
    let ping = frame(FIN | PING, b"");
    for first in [TEXT, BINARY] {
        for before in [&[][..], &ping] {
            are_closed(&server, first, b"", FRAGMENTS, before).await;
            are_closed(&server, first, b"x", FRAGMENTS, before).await;
        }
        for size in [100, 1024, 30_000] {
            let payload = vec![b'x'; size];
            are_closed(&server, first, &payload, HELD.div_ceil(size), b"").await;
        }
    }
    server.has_recovered().await;
}

#[tokio::test]
async fn messages_that_end_are_served_however_they_are_cut() {
    let server = Server::start(&[]).await;
    let text = "x".repeat(3000);
    let call = Protocol::Json.call("1", "Echo", &json!([text]));
    for size in [1, 2, 7, 1000] {
        let mut client = Client::json(server.address).await;
        let last = (call.len() - 1) / size;
        let fragments = call.chunks(size).enumerate().map(|(number, piece)| {
            let opcode = if number == 0 { TEXT } else { CONTINUATION };
            frame(if number == last { FIN | opcode } else { opcode }, piece)
        });
        client.write(&fragments.collect::<Vec<_>>().concat()).await;
        assert_eq!(client.completion("1").await["result"], text, "by {size}");
        client.answers().await;
    }
    server.has_recovered().await;
}
