//! Values within values. Nothing recurses beyond depth 64, not even in order to skip.

use crate::support::{Client, Protocol, Server, figure, prefixed};
use serde_json::json;
use std::time::Duration;

/// As deep as there is room for in a message of the greatest size.
const DEEP: usize = 30_000;
const OPENING_BRACKET: &str = "[";
const OPENING_BRACE: &str = "{\"a\":";

/// What a message does to its connection.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// It ends with an error.
    Closed,
    GoesOn,
}

/// Every place of a JSON message that holds any value, or one that is skipped.
fn json_messages(nested: &str) -> Vec<Vec<u8>> {
    let call = r#""type":1,"invocationId":"1""#;
    [
        format!(r#"{{{call},"target":"Echo","arguments":{nested}}}"#),
        format!(r#"{{{call},"target":"Echo","arguments":[{nested}]}}"#),
        format!(r#"{{{call},"target":"Nobody","arguments":[{nested}]}}"#),
        format!(r#"{{{call},"target":{nested},"arguments":[]}}"#),
        format!(r#"{{{call},"target":"Echo","arguments":["a"],"streamIds":{nested}}}"#),
        format!(r#"{{{call},"target":"Echo","arguments":["a"],"headers":{nested}}}"#),
        format!(r#"{{"type":4,"invocationId":"1","target":"Counter","arguments":{nested}}}"#),
        format!(r#"{{"type":2,"invocationId":"nobody","item":{nested}}}"#),
        format!(r#"{{"type":2,"invocationId":"upload","item":{nested}}}"#),
        format!(r#"{{"type":3,"invocationId":"nobody","result":{nested}}}"#),
        format!(r#"{{"type":3,"invocationId":"s1","result":{nested}}}"#),
        format!(r#"{{"type":6,"unknown":{nested}}}"#),
        format!(r#"{{"unknown":{nested},"type":6}}"#),
        format!(r#"{{"type":42,"unknown":{nested}}}"#),
        format!(r#"{{"type":{nested}}}"#),
        nested.to_owned(),
    ]
    .map(|message| format!("{message}\u{1e}").into_bytes())
    .into()
}

/// The same for MessagePack, whose readers do not look behind the items that they know.
fn message_pack_messages(nested: &[u8]) -> Vec<(Vec<u8>, Fate)> {
    let call: &[u8] = b"\x96\x01\x80\xa11";
    let (closed, goes_on) = (|| Fate::Closed, || Fate::GoesOn);
    [
        (vec![call, b"\xa4Echo", nested, b"\x90"], closed()),
        (vec![call, b"\xa4Echo\x91", nested, b"\x90"], closed()),
        (vec![call, b"\xa6Nobody\x91", nested, b"\x90"], closed()),
        (vec![call, nested, b"\x90\x90"], closed()),
        (vec![call, b"\xa4Echo\x91\xa1a", nested], closed()),
        (
            vec![b"\x96\x01", nested, b"\xa11\xa4Echo\x90\x90"],
            closed(),
        ),
        (vec![b"\x94\x02\x80\xa6nobody", nested], closed()),
        (vec![b"\x94\x02\x80\xa6upload", nested], closed()),
        (vec![b"\x95\x03\x80\xa6nobody\x03", nested], closed()),
        (vec![b"\x95\x03\x80\xa2s1\x03", nested], closed()),
        (vec![b"\x92\x06", nested], goes_on()),
        (vec![b"\x92\x2a", nested], goes_on()),
        (vec![nested], closed()),
    ]
    .map(|(parts, fate)| (prefixed(&parts.concat()), fate))
    .into()
}

/// A client that has an upload under way, and a question to answer.
async fn busy_client(server: &Server, protocol: Protocol) -> Client {
    let mut client = match protocol {
        Protocol::Json => Client::json(server.address).await,
        Protocol::MessagePack => Client::message_pack(server.address).await,
    };
    let upload = json!({"type": 1, "invocationId": "sum", "target": "SumStream", "arguments": [],
                        "streamIds": ["upload"]});
    client.send(upload).await;
    client.call("ask", "AskCaller", json!([])).await;
    assert_eq!(client.next().await.expect("a question")["target"], "Ask");
    client
}

async fn check(server: &Server, protocol: Protocol, message: &[u8], expected: Fate) {
    let mut client = busy_client(server, protocol).await;
    client.send_bytes(message).await;
    client.call("echo", "Echo", json!(["alive"])).await;
    let mut last = client.next().await;
    while last
        .as_ref()
        .is_some_and(|it| it["type"] != 7 && it["invocationId"] != "echo")
    {
        last = client.next().await;
    }
    let last = last.expect("an answer or a goodbye");
    let fate = if last["type"] == 7 {
        Fate::Closed
    } else {
        Fate::GoesOn
    };
    let beginning = &message[..message.len().min(80)];
    assert_eq!(fate, expected, "{last} for {}", beginning.escape_ascii());
}

#[tokio::test]
async fn deep_json_is_refused_wherever_it_stands() {
    let server = Server::start(&[]).await;
    let nestings = [
        OPENING_BRACKET.repeat(DEEP),
        OPENING_BRACE.repeat(DEEP / 5),
        OPENING_BRACKET.repeat(DEEP / 2) + &"]".repeat(DEEP / 2),
        OPENING_BRACE.repeat(DEEP / 6) + "0" + &"}".repeat(DEEP / 6),
    ];
    for nested in nestings {
        for message in json_messages(&nested) {
            check(&server, Protocol::Json, &message, Fate::Closed).await;
        }
    }
    server.has_recovered().await;
}

#[tokio::test]
async fn deep_message_pack_is_refused_wherever_it_is_read() {
    let server = Server::start(&[]).await;
    let arrays = [vec![0x91; DEEP], vec![0xc0]].concat();
    let maps = [b"\x81\xa1a".repeat(DEEP / 3), vec![0xc0]].concat();
    let long_arrays = [b"\xdc\x00\x01".repeat(DEEP / 3), vec![0xc0]].concat();
    for nested in [vec![0x91; DEEP], arrays, maps, long_arrays] {
        for (message, fate) in message_pack_messages(&nested) {
            check(&server, Protocol::MessagePack, &message, fate).await;
        }
    }
    server.has_recovered().await;
}

#[tokio::test]
async fn deep_handshakes_are_refused() {
    let server = Server::start(&[]).await;
    // A handshake has less room than a message.
    for nested in [OPENING_BRACKET.repeat(4000), OPENING_BRACE.repeat(800)] {
        for handshake in [
            format!("{nested}\u{1e}"),
            format!("{{\"protocol\":\"json\",\"unknown\":{nested}\u{1e}"),
        ] {
            let over = (crate::support::Transport::WebSockets, Protocol::Json);
            let mut client = Client::silent(server.address, over).await;
            client.send_bytes(handshake.as_bytes()).await;
            let refusal = client.next().await.expect("a refusal");
            assert!(refusal["error"].is_string(), "{refusal}");
            assert_eq!(client.next().await, None);
        }
    }
    server.has_recovered().await;
}

#[tokio::test]
async fn the_bound_is_64() {
    let server = Server::start(&[]).await;
    // The message itself is the first level.
    for (depth, fate) in [(63, Fate::GoesOn), (64, Fate::Closed)] {
        let nested = OPENING_BRACKET.repeat(depth) + &"]".repeat(depth);
        let message = format!("{{\"type\":42,\"unknown\":{nested}}}\u{1e}");
        check(&server, Protocol::Json, message.as_bytes(), fate).await;
    }
    for (depth, fate) in [(62, Fate::GoesOn), (64, Fate::Closed)] {
        let nested = [vec![0x91; depth], vec![0xc0]].concat();
        let message = [&b"\x94\x02\x80\xa6nobody"[..], &nested].concat();
        check(&server, Protocol::MessagePack, &prefixed(&message), fate).await;
    }
}

/// What a message costs the server until its connection is closed.
async fn cost(server: &Server, protocol: Protocol, message: &[u8]) -> Duration {
    const TIMES: u32 = 100;
    let mut clients = Vec::new();
    for _ in 0..TIMES {
        clients.push(match protocol {
            Protocol::Json => Client::json(server.address).await,
            Protocol::MessagePack => Client::message_pack(server.address).await,
        });
    }
    let before = server.process().processor_time();
    for client in &mut clients {
        client.send_bytes(message).await;
        client.is_closed_with_an_error().await;
    }
    server.process().processor_time().saturating_sub(before) / TIMES
}

#[tokio::test]
async fn depth_is_cheap() {
    let server = Server::start(&[]).await;
    let shallow = cost(&server, Protocol::Json, b"{\x1e").await;
    let json = OPENING_BRACKET.repeat(DEEP);
    let json = format!("{{\"type\":2,\"invocationId\":\"1\",\"item\":{json}\u{1e}");
    let packed = [&b"\x94\x02\x80\xa11"[..], &vec![0x91; DEEP]].concat();
    for (protocol, message) in [
        (Protocol::Json, json.into_bytes()),
        (Protocol::MessagePack, prefixed(&packed)),
    ] {
        let deep = cost(&server, protocol, &message)
            .await
            .saturating_sub(shallow);
        figure(
            &format!("nesting of {DEEP}, {protocol:?}"),
            format!("{deep:?}"),
            "1 ms",
        );
        // The figure is that of a release build; this one is about ten times slower.
        assert!(deep < Duration::from_millis(10), "{deep:?}");
    }
    server.has_recovered().await;
}
