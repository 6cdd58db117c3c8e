//! Bad input costs the connection that sent it, and no other.

use crate::client::Client;
use crate::hub::Server;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::protocol::Message;

/// A connection after a handshake, to which `input` is sent.
async fn json_connection(server: &Server, input: &[u8]) -> Client {
    let mut client = Client::json(server).await;
    client.binary(input).await;
    client
}

/// The connection ends with an error, the client may come back, and others go on.
async fn is_closed_with_an_error(input: &[u8]) {
    let server = Server::start().await;
    let mut good = Client::json(&server).await;
    let mut bad = json_connection(&server, input).await;
    let close =
        json!({"type": 7, "error": "Connection closed with an error.", "allowReconnect": true});
    assert_eq!(bad.last().await, Some(close));
    assert_eq!(
        good.invoke("Echo", json!(["alive"])).await["result"],
        "alive"
    );
}

/// The connection goes on as if nothing had been sent.
async fn is_passed_over(input: &[u8]) {
    let server = Server::start().await;
    let mut client = json_connection(&server, input).await;
    assert_eq!(
        client.invoke("Echo", json!(["alive"])).await["result"],
        "alive"
    );
}

/// The connection goes on, and the call with id `1` fails.
async fn fails_with(input: &str, error: &str) {
    let server = Server::start().await;
    let mut client = json_connection(&server, format!("{input}\u{1e}").as_bytes()).await;
    let answer = client.next().await.expect("an answer");
    assert_eq!(
        answer,
        json!({"type": 3, "invocationId": "1", "error": error})
    );
    assert_eq!(
        client.invoke("Echo", json!(["alive"])).await["result"],
        "alive"
    );
}

#[tokio::test]
async fn broken_json() {
    is_closed_with_an_error(b"{\"type\":1,\x1e").await;
}

#[tokio::test]
async fn no_object() {
    is_closed_with_an_error(b"[1]\x1e").await;
}

#[tokio::test]
async fn an_invocation_without_a_target() {
    is_closed_with_an_error(b"{\"type\":1,\"arguments\":[]}\x1e").await;
}

#[tokio::test]
async fn invalid_utf8() {
    is_closed_with_an_error(b"{\"type\":1,\"target\":\"\xff\",\"arguments\":[]}\x1e").await;
}

#[tokio::test]
async fn five_megabytes() {
    is_closed_with_an_error(&vec![b' '; 5 * 1024 * 1024]).await;
}

#[tokio::test]
async fn a_million_brackets() {
    let brackets = "[".repeat(1_000_000);
    is_closed_with_an_error(format!("{{\"type\":1,\"arguments\":{brackets}").as_bytes()).await;
}

#[tokio::test]
async fn brackets_within_the_size_limit() {
    let brackets = "[".repeat(30_000);
    is_closed_with_an_error(
        format!("{{\"type\":1,\"target\":\"Echo\",\"arguments\":{brackets}\x1e").as_bytes(),
    )
    .await;
}

#[tokio::test]
async fn unknown_message_types() {
    is_passed_over(b"{\"type\":42}\x1e{\"type\":-1,\"x\":[1]}\x1e").await;
}

#[tokio::test]
async fn items_completions_and_cancels_for_unknown_ids() {
    is_passed_over(
        b"{\"type\":2,\"invocationId\":\"x\",\"item\":1}\x1e{\"type\":3,\"invocationId\":\"s9\",\"result\":1}\x1e\
          {\"type\":5,\"invocationId\":\"x\"}\x1e",
    )
    .await;
}

#[tokio::test]
async fn acknowledgements_without_stateful_reconnect() {
    is_passed_over(b"{\"type\":8,\"sequenceId\":1}\x1e{\"type\":9,\"sequenceId\":1}\x1e").await;
}

#[tokio::test]
async fn an_unknown_method_without_an_id() {
    is_passed_over(b"{\"type\":1,\"target\":\"Nope\",\"arguments\":[]}\x1e").await;
}

#[tokio::test]
async fn an_unknown_method() {
    fails_with(
        r#"{"type":1,"invocationId":"1","target":"Nope","arguments":[]}"#,
        "Failed to invoke 'Nope' due to an error on the server. HubException: Method does not exist.",
    )
    .await;
}

#[tokio::test]
async fn arguments_that_do_not_fit() {
    let error = "Failed to invoke 'Add' due to an error on the server.";
    for arguments in [
        "[1]",
        "[1,2,3]",
        r#"[1,"2"]"#,
        "[-9223372036854775808,1]",
        "[1.5,1]",
    ] {
        let call =
            format!(r#"{{"type":1,"invocationId":"1","target":"Add","arguments":{arguments}}}"#);
        fails_with(&call, error).await;
    }
}

#[tokio::test]
async fn a_stream_called_like_a_method_and_the_reverse() {
    fails_with(
        r#"{"type":1,"invocationId":"1","target":"Count","arguments":[1]}"#,
        "The client attempted to invoke the streaming 'Count' method with a non-streaming invocation.",
    )
    .await;
    fails_with(
        r#"{"type":4,"invocationId":"1","target":"Echo","arguments":["x"]}"#,
        "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.",
    )
    .await;
}

#[tokio::test]
async fn the_wrong_number_of_uploads() {
    fails_with(
        r#"{"type":1,"invocationId":"1","target":"Sum","arguments":[],"streamIds":["2","3"]}"#,
        "An unexpected error occurred invoking 'Sum' on the server. \
         HubException: Client sent 2 stream(s), Hub method expects 1.",
    )
    .await;
}

#[tokio::test]
async fn an_answer_to_somebody_elses_question() {
    let server = Server::start().await;
    let mut asked = Client::json(&server).await;
    asked.call("1", "AskCaller", json!([])).await;
    let id = asked.next().await.unwrap()["invocationId"].clone();
    let mut thief = Client::json(&server).await;
    thief
        .send(json!({"type": 3, "invocationId": id.clone(), "result": 1}))
        .await;
    assert_eq!(
        thief.last().await.unwrap()["error"],
        "Connection closed with an error."
    );
    asked
        .send(json!({"type": 3, "invocationId": id, "result": 2}))
        .await;
    assert_eq!(asked.next().await.unwrap()["result"], 2);
}

/// A MessagePack connection to which `input` is sent ends with an error.
async fn message_pack_is_closed(input: &[u8]) {
    let server = Server::start().await;
    let mut client = Client::raw(&server, "").await;
    client
        .text("{\"protocol\":\"messagepack\",\"version\":1}\u{1e}")
        .await;
    assert_eq!(
        client.message().await,
        Some(Message::binary(&b"{}\x1e"[..]))
    );
    client.binary(input).await;
    let error = b"\xd9 Connection closed with an error.";
    let expected = [&b"\x25\x93\x07"[..], error, b"\xc3"].concat();
    assert_eq!(client.message().await, Some(Message::binary(expected)));
    assert!(matches!(client.message().await, Some(Message::Close(_))));
}

#[tokio::test]
async fn message_pack_lengths_that_lie() {
    message_pack_is_closed(b"\xff\xff\xff\xff\x07").await;
    message_pack_is_closed(b"\xff\xff\xff\xff\xff\x07").await;
    message_pack_is_closed(b"\x05\xdd\xff\xff\xff\xff").await;
    message_pack_is_closed(b"\x0b\x96\x01\x80\xc0\xa1A\xdd\xff\xff\xff\xff").await;
}

/// A handshake that is refused, and with what words.
async fn handshake_is_refused(input: &str, error: &str) {
    let server = Server::start().await;
    let mut client = Client::raw(&server, "").await;
    client.text(input).await;
    assert_eq!(client.last().await, Some(json!({"error": error}) as Value));
}

#[tokio::test]
async fn handshakes_that_are_none() {
    let malformed = "An unexpected error occurred during connection handshake.";
    handshake_is_refused("{}\u{1e}", malformed).await;
    handshake_is_refused("[]\u{1e}", malformed).await;
    handshake_is_refused("{\"protocol\":1,\"version\":1}\u{1e}", malformed).await;
    handshake_is_refused("not json\u{1e}", malformed).await;
    handshake_is_refused(
        "{\"protocol\":\"x\",\"version\":1}\u{1e}",
        "The protocol 'x' is not supported.",
    )
    .await;
    let version = "The server does not support version 3 of the 'json' protocol.";
    handshake_is_refused("{\"protocol\":\"json\",\"version\":3}\u{1e}", version).await;
    handshake_is_refused(&"x".repeat(40_000), "Handshake was canceled.").await;
}

#[tokio::test]
async fn the_size_limit_is_a_byte_exact() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    let call = |text: &str| {
        format!(r#"{{"type":1,"invocationId":"i","target":"Echo","arguments":["{text}"]}}"#)
    };
    let room = 32 * 1024 - 1 - call("").len();
    client
        .text(&format!("{}\u{1e}", call(&"x".repeat(room))))
        .await;
    assert_eq!(
        client.next().await.unwrap()["result"]
            .as_str()
            .map(str::len),
        Some(room)
    );
    client
        .text(&format!("{}\u{1e}", call(&"x".repeat(room + 1))))
        .await;
    assert_eq!(
        client.last().await.unwrap()["error"],
        "Connection closed with an error."
    );
}
