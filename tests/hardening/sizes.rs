//! Messages of the greatest size, and those beyond it.

use crate::support::{
    Client, MIB, OVER_EVERYTHING, Over, Protocol, Server, Transport, figure, request_with,
};
use serde_json::json;

/// SignalR's `MaximumReceiveMessageSize`.
const LIMIT: usize = 32_768;

/// A call of `Echo` that has this size with its framing.
fn call_of(protocol: Protocol, size: usize) -> Vec<u8> {
    let call = |length| protocol.call("1", "Echo", &json!(["x".repeat(length)]));
    // Near the limit the lengths that stand before text and message are of one size.
    let around = call(LIMIT - 100).len() - (LIMIT - 100);
    let call = call(size - around);
    assert_eq!(call.len(), size);
    call
}

#[tokio::test]
async fn up_to_32_kib_is_served_and_more_is_closed() {
    let server = Server::start(&[]).await;
    for over in OVER_EVERYTHING {
        let mut client = Client::connect(server.address, over).await;
        for size in [LIMIT - 1, LIMIT] {
            client.send_bytes(&call_of(over.1, size)).await;
            let answer = client.completion("1").await;
            let length = answer["result"].as_str().map_or(0, str::len);
            assert!(length > LIMIT - 100, "{over:?}: {length} of {size}");
        }
        client.send_bytes(&call_of(over.1, LIMIT + 1)).await;
        client.is_closed_with_an_error().await;
        // In pieces it is the same size.
        let mut client = Client::connect(server.address, over).await;
        for piece in call_of(over.1, LIMIT + 1).chunks(10_000) {
            client.send_bytes(piece).await;
        }
        client.is_closed_with_an_error().await;
    }
    server.has_recovered().await;
}

#[tokio::test]
async fn a_handshake_has_less_room_than_a_message() {
    let server = Server::start(&[]).await;
    for over in OVER_EVERYTHING {
        let protocol = match over.1 {
            Protocol::Json => "json",
            Protocol::MessagePack => "messagepack",
        };
        let handshake = |length| {
            let filling = "x".repeat(length);
            format!("{{\"protocol\":\"{protocol}\",\"version\":1,\"x\":\"{filling}\"}}\u{1e}")
        };
        let mut client = Client::silent(server.address, over).await;
        client.send_bytes(handshake(4000).as_bytes()).await;
        client.is_accepted().await;
        client.answers().await;
        client.stop().await;
        let mut client = Client::silent(server.address, over).await;
        client.send_bytes(handshake(4096).as_bytes()).await;
        let refusal = client.receive().await.expect("a refusal");
        assert_eq!(refusal, b"{\"error\":\"Handshake was canceled.\"}\x1e");
    }
    server.has_recovered().await;
}

#[tokio::test]
async fn a_body_may_hold_any_number_of_messages_but_none_that_is_too_large() {
    const BODY: usize = 8 * MIB;
    let server = Server::start(&[]).await;
    let over: Over = (Transport::LongPolling, Protocol::Json);
    let message = format!("{{\"type\":42,\"x\":\"{}\"}}\u{1e}", "x".repeat(30_000));
    let mut client = Client::connect(server.address, over).await;
    let before = server.process().peak_resident();
    let body = message.repeat(BODY / message.len());
    let sent = request_with(server.address, "POST", client.path(), body.as_bytes()).await;
    assert_eq!(sent.status, 200);
    client.answers().await;
    client.stop().await;
    let mut client = Client::connect(server.address, over).await;
    client.send_bytes(&vec![b'x'; BODY]).await;
    client.is_closed_with_an_error().await;
    let grown = server.process().peak_resident() - before;
    figure("bodies of 8 MiB", format!("{} KiB", grown / 1024), "4 MiB");
    assert!(grown < 4 * MIB, "{grown}");
    server.has_recovered().await;
}
