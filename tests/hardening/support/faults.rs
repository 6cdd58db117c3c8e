//! What faulty clients do, for tests in which honest ones must not notice.

use super::{
    Client, Http, Over, Protocol, Transport, frame, message_frame, negotiate_many, prefixed,
};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Commits faults until it is told to stop, and gives how many.
pub(crate) async fn commit_until(server: SocketAddr, first: usize, stop: Arc<AtomicBool>) -> usize {
    let mut number = first;
    while !stop.load(Ordering::Relaxed) {
        commit(server, number).await;
        number += 1;
    }
    number - first
}

/// Does one wrong thing, and is gone without a word.
async fn commit(server: SocketAddr, number: usize) {
    match number % 16 {
        0 => of_one_message(server, Protocol::Json, &deep_in_json()).await,
        1 => of_one_message(server, Protocol::Json, &vec![b'x'; 5_000_000]).await,
        2 => of_one_message(server, Protocol::MessagePack, b"\xff\xff\xff\xff\x07").await,
        3 => of_one_message(server, Protocol::MessagePack, &deep_in_message_pack()).await,
        4 => of_frames(server, &frame(0, b"x").repeat(4096)).await,
        5 => of_frames(server, b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0{").await,
        6 => endless_stream(server, Transport::WebSockets).await,
        7 => endless_stream(server, Transport::ServerSentEvents).await,
        8 => endless_stream(server, Transport::LongPolling).await,
        9 => unread_answers(server).await,
        10 => half_an_upload(server).await,
        11 => panics(server).await,
        12 => of_bytes(server, b"POST /hubs/test HTTP/1.1\r\nx: y\r\n").await,
        13 => of_bytes(server, &vec![0xff; 100_000]).await,
        14 => half_a_body(server).await,
        _ => drop(negotiate_many(server, 20).await),
    }
}

fn deep_in_json() -> Vec<u8> {
    ("[".repeat(30_000) + "\u{1e}").into_bytes()
}

fn deep_in_message_pack() -> Vec<u8> {
    prefixed(&[vec![0x91; 30_000], vec![0xc0]].concat())
}

async fn of_one_message(server: SocketAddr, protocol: Protocol, message: &[u8]) {
    let mut client = Client::connect(server, (Transport::WebSockets, protocol)).await;
    client.send_bytes(message).await;
    client.last().await;
}

async fn of_frames(server: SocketAddr, frames: &[u8]) {
    let mut client = Client::json(server).await;
    client.write(&frame(1, b"x")).await;
    client.write(frames).await;
}

async fn of_bytes(server: SocketAddr, bytes: &[u8]) {
    Http::connect(server).await.write(bytes).await;
}

async fn endless_stream(server: SocketAddr, transport: Transport) {
    let over: Over = (transport, Protocol::Json);
    let mut client = Client::connect(server, over).await;
    client.stream("1", "Counter", json!([u32::MAX, 1])).await;
    client.call("2", "Slow", json!([600_000])).await;
    client.next().await;
}

async fn unread_answers(server: SocketAddr) {
    let mut client = Client::json(server).await;
    let call = Protocol::Json.call("1", "Echo", &json!(["x".repeat(1000)]));
    client.write(&message_frame(&call).repeat(500)).await;
}

async fn half_an_upload(server: SocketAddr) {
    let mut client = Client::message_pack(server).await;
    let call = json!({"type": 1, "invocationId": "1", "target": "SumStream", "arguments": [],
                      "streamIds": ["u"]});
    client.send(call).await;
    for item in 0..100 {
        let item = json!({"type": 2, "invocationId": "u", "item": item});
        client.send(item).await;
    }
}

async fn panics(server: SocketAddr) {
    let mut client = Client::json(server).await;
    for _ in 0..10 {
        client.invoke("Panic", json!([])).await;
    }
}

async fn half_a_body(server: SocketAddr) {
    let over = (Transport::LongPolling, Protocol::Json);
    let client = Client::connect(server, over).await;
    let path = client.path();
    let head = format!("POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n{{");
    of_bytes(server, head.as_bytes()).await;
}
