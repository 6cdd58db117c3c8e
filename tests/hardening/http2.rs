//! Floods of one HTTP/2 connection: they end with it, or the server stops reading.

use crate::support::{Client, Http, MIB, PATIENCE, Server, figure};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut frame = (payload.len() as u32).to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A head without an end of the stream: method by its number in HPACK's static table, scheme `http`,
/// path and authority in plain text.
fn head(method: u8, flags: u8, stream: u32, path: &str) -> Vec<u8> {
    let mut block = vec![method, 0x86, 0x04, path.len() as u8];
    block.extend(path.as_bytes());
    block.extend(b"\x01\x04test");
    frame(HEADERS, flags, stream, &block)
}

const GET: u8 = 0x82;
const POST: u8 = 0x83;
const NEGOTIATE: &str = "/hubs/test/negotiate";

async fn connect(server: &Server) -> Http {
    let mut http = Http::connect(server.address).await;
    http.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await;
    http.write(frame(SETTINGS, 0, 0, b"")).await;
    http
}

/// How much memory the server took for a flood, at most.
struct Cost {
    server: Server,
    before: usize,
}

impl Cost {
    async fn start() -> Self {
        let server = Server::start(&[]).await;
        let before = server.process().peak_resident();
        Self { server, before }
    }

    async fn expect_low(self, row: &str, end: &str) {
        const LIMIT: usize = 24 * MIB;
        // Others are served all the time.
        Client::json(self.server.address).await.answers().await;
        let cost = self.server.process().peak_resident() - self.before;
        figure(
            &format!("HTTP/2, {row}"),
            format!("{end}, {} KiB", cost / 1024),
            "GOAWAY or bounded",
        );
        assert!(cost <= LIMIT, "{row} costs {cost}");
        self.server.has_recovered().await;
    }
}

/// A flood that the server ends the connection for, although it is read from.
async fn is_ended(row: &str, flood: &[u8]) {
    const GOAWAY: u8 = 7;
    let cost = Cost::start().await;
    let mut client = connect(&cost.server).await;
    let (mut read, mut write) = client.0.split();
    let mut seen = Vec::new();
    let flooded = async { tokio::join!(write.write_all(flood), read.read_to_end(&mut seen)) };
    // How writing and reading end depends on who is quicker, but they do.
    let ended = timeout(PATIENCE, flooded).await;
    assert!(ended.is_ok(), "{row}: the connection goes on");
    drop(client);
    let end = if has_frame(&seen, GOAWAY) {
        "GOAWAY"
    } else {
        "a reset"
    };
    cost.expect_low(row, end).await;
}

/// Whether a frame of a kind is among whole frames.
fn has_frame(mut bytes: &[u8], kind: u8) -> bool {
    while let [a, b, c, this, rest @ ..] = bytes {
        if *this == kind {
            return true;
        }
        let length = u32::from_be_bytes([0, *a, *b, *c]) as usize;
        bytes = rest.get(5 + length..).unwrap_or_default();
    }
    false
}

#[tokio::test]
async fn rapid_resets_end_the_connection() {
    let mut flood = Vec::new();
    for stream in (1..40_000).step_by(2) {
        flood.extend(head(POST, 0x05, stream, NEGOTIATE));
        flood.extend(frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]));
    }
    is_ended("20 000 resets", &flood).await;
}

#[tokio::test]
async fn heads_without_end_end_the_connection() {
    let mut flood = head(GET, 0x01, 1, "/");
    for _ in 0..10_000 {
        flood.extend(frame(CONTINUATION, 0, 1, &[0, 1, b'x', 1, b'y']));
    }
    is_ended("10 000 CONTINUATION", &flood).await;
}

#[tokio::test]
async fn data_without_data_ends_the_connection() {
    let mut flood = head(POST, 0x04, 1, "/hubs/test?id=unknown");
    flood.extend(frame(DATA, 0, 1, b"").repeat(10_000));
    is_ended("10 000 empty DATA", &flood).await;
}

/// A flood whose answers are not read: the server reads no more either.
async fn is_stalled(row: &str, flood: &[u8]) {
    // More than the kernel keeps for the two of them.
    const ENOUGH: usize = 32 * MIB;
    let cost = Cost::start().await;
    let mut client = connect(&cost.server).await;
    let mut sent = 0;
    while let Ok(Ok(())) = timeout(Duration::from_secs(1), client.0.write_all(flood)).await {
        sent += flood.len();
        assert!(sent < ENOUGH, "{row}: the server keeps all answers");
    }
    let end = format!("{} KiB read", sent / 1024);
    drop(client);
    cost.expect_low(row, &end).await;
}

#[tokio::test]
async fn unread_answers_to_settings_stop_the_reading() {
    let settings = frame(SETTINGS, 0, 0, &[0, 4, 0, 1, 0, 0]);
    is_stalled("unread answers to SETTINGS", &settings.repeat(1000)).await;
}

#[tokio::test]
async fn unread_answers_to_pings_stop_the_reading() {
    is_stalled(
        "unread answers to PING",
        &frame(PING, 0, 0, &[1; 8]).repeat(1000),
    )
    .await;
}
