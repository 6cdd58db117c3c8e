//! Clients that send as much as they can, and read nothing.

use crate::support::{
    Client, FIN, Http, MIB, PING, Protocol, Server, Transport, figure, frame, message_frame,
};
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

const CALLS: usize = 50_000;
/// What a flood may cost.
const COST: usize = 48 * MIB;
/// How long a write waits until reading counts as stopped.
const STOPPED: Duration = Duration::from_secs(1);
/// Soon, so that tests need not wait for SignalR's 10 s.
const CUT_AFTER: Duration = Duration::from_secs(2);

/// What becomes of the client, once the server has stopped to read.
#[derive(PartialEq, Eq)]
enum Fate {
    /// It does not read what it asked for.
    Cut,
    /// It only waits for its turn.
    Waits,
}

/// Writes until the server has stopped to read, and gives how many messages that took.
pub(crate) async fn write_until_stopped(
    socket: &mut TcpStream,
    message: impl Fn(usize) -> Vec<u8>,
) -> usize {
    for sent in 0..CALLS {
        let message = message(sent);
        match timeout(STOPPED, socket.write_all(&message)).await {
            Ok(written) => written.expect("it is not cut before it stops to read"),
            Err(_) => return sent,
        }
    }
    panic!("all were read");
}

async fn flood(row: &str, protocol: Protocol, call: impl Fn(usize) -> Vec<u8>, fate: Fate) {
    let cut_after = CUT_AFTER.as_millis().to_string();
    let server = Server::start(&["--send-timeout", &cut_after]).await;
    let client = Client::connect(server.address, (Transport::WebSockets, protocol)).await;
    let before = server.process().peak_resident();
    let mut socket = client.into_socket().into_stream();
    let sent = write_until_stopped(&mut socket, |number| message_frame(&call(number))).await;
    let noticed = Instant::now();
    if fate == Fate::Cut {
        server.has_sockets(0, CUT_AFTER).await;
        let reached = format!("{:?}", noticed.elapsed() + STOPPED);
        figure(
            &format!("flood of {row}, cut after"),
            reached,
            format!("{CUT_AFTER:?}"),
        );
    }
    let cost = server.process().peak_resident() - before;
    let reached = format!("{} KiB for {sent} of {CALLS}", cost / 1024);
    figure(
        &format!("flood of {row}"),
        reached,
        "48 MiB, and reading stops",
    );
    assert!(cost <= COST, "{cost}");
    drop(socket);
    server.has_recovered().await;
}

#[tokio::test]
async fn few_unread_answers_are_kept() {
    let call = Protocol::Json.call("1", "Echo", &json!(["x".repeat(1000)]));
    flood("calls", Protocol::Json, |_| call.clone(), Fate::Cut).await;
}

#[tokio::test]
async fn few_unread_answers_in_message_pack_are_kept() {
    let call = Protocol::MessagePack.call("1", "Echo", &json!(["x".repeat(1000)]));
    flood(
        "calls in MessagePack",
        Protocol::MessagePack,
        |_| call.clone(),
        Fate::Cut,
    )
    .await;
}

#[tokio::test]
async fn few_calls_wait_behind_a_slow_one() {
    let call = |number| match number {
        0 => Protocol::Json.call("0", "Slow", &json!([600_000])),
        _ => Protocol::Json.call("1", "Echo", &json!(["x".repeat(1000)])),
    };
    flood("calls behind a slow one", Protocol::Json, call, Fate::Waits).await;
}

#[tokio::test]
async fn few_streams_run_at_once() {
    let call = |number: usize| {
        let id = number.to_string() + &"x".repeat(1000);
        let call = json!({"type": 4, "invocationId": id, "target": "Counter",
                          "arguments": [u32::MAX, 0]});
        Protocol::Json.write(&call)
    };
    flood("streams", Protocol::Json, call, Fate::Cut).await;
}

#[tokio::test]
async fn few_uploads_run_at_once() {
    let call = |number: usize| {
        let id = number.to_string() + &"x".repeat(1000);
        let call = json!({"type": 1, "invocationId": id, "target": "SumStream", "arguments": [],
                          "streamIds": [id]});
        Protocol::Json.write(&call)
    };
    // It is told of those that are too many, and reads none of it.
    flood("uploads", Protocol::Json, call, Fate::Cut).await;
}

#[tokio::test]
async fn few_questions_are_asked_at_once() {
    let filling = "x".repeat(1000);
    let call = |_| Protocol::Json.call(&filling, "AskCaller", &json!([]));
    flood("questions", Protocol::Json, call, Fate::Waits).await;
}

#[tokio::test]
async fn few_unread_pongs_are_kept() {
    let server = Server::start(&[]).await;
    let before = server.process().peak_resident();
    let mut socket = Client::json(server.address)
        .await
        .into_socket()
        .into_stream();
    let ping = frame(FIN | PING, &[b'x'; 125]);
    for _ in 0..CALLS {
        socket
            .write_all(&ping)
            .await
            .expect("pings are always read");
    }
    server.is_idle().await;
    let cost = server.process().peak_resident() - before;
    figure(
        "flood of 50000 WebSocket pings",
        format!("{} KiB", cost / 1024),
        "48 MiB",
    );
    assert!(cost <= COST, "{cost}");
    drop(socket);
    server.has_recovered().await;
}

#[tokio::test]
async fn few_posted_calls_are_taken_without_a_poll() {
    const REQUESTS: usize = 50;
    let server = Server::start(&["--send-timeout", "2000"]).await;
    let over = (Transport::LongPolling, Protocol::Json);
    let client = Client::connect(server.address, over).await;
    let calls = Protocol::Json.call("1", "Echo", &json!(["x".repeat(1000)]));
    let body = calls.repeat(CALLS / REQUESTS);
    let (before, mut held_back) = (server.process().peak_resident(), Vec::new());
    for _ in 0..REQUESTS {
        let mut http = Http::connect(server.address).await;
        let (path, length) = (client.path(), body.len());
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\r\n");
        http.write(head).await;
        // The body goes as far as it is read.
        let _ = timeout(Duration::from_millis(20), http.0.write_all(&body)).await;
        held_back.push(http);
    }
    let cost = server.process().peak_resident() - before;
    figure(
        "flood of posted calls",
        format!("{} KiB", cost / 1024),
        "48 MiB",
    );
    assert!(cost <= COST, "{cost}");
    drop((client, held_back));
    server.has_recovered().await;
}

#[tokio::test]
async fn uploads_that_wait_for_no_answer_are_dropped_beyond_a_few() {
    let server = Server::start(&[]).await;
    let mut client = Client::json(server.address).await;
    let before = server.process().peak_resident();
    for number in 0..CALLS {
        let id = number.to_string() + &"x".repeat(1000);
        let call = json!({"type": 1, "target": "SumStream", "arguments": [], "streamIds": [id]});
        client.send(call).await;
    }
    client.answers().await;
    let cost = server.process().peak_resident() - before;
    figure(
        "flood of uploads without an answer",
        format!("{} KiB", cost / 1024),
        "48 MiB",
    );
    assert!(cost <= COST, "{cost}");
    drop(client);
    server.has_recovered().await;
}
