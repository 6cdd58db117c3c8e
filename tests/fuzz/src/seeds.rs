//! What a fuzzer begins with, out of the vectors that the protocol tests are made of.

use hub_core::protocol::{Framing, MAX_DEPTH, Protocol, RECORD_SEPARATOR};
use serde::Deserialize;

use crate::websocket::client_head;

/// The first inputs of the target `name`.
pub fn of(name: &str) -> Vec<Vec<u8>> {
    let vectors = vectors();
    let streams = vectors.iter().filter_map(Vector::stream);
    match name {
        "framing" => streams.map(|(_, bytes)| cut(&[0, 0], &bytes)).collect(),
        "handshake" => of_protocol(&vectors, "handshake")
            .flat_map(|vector| bodies(Protocol::Json, &vector.bytes))
            .collect(),
        "json" => streams
            .filter(|(protocol, _)| *protocol == Protocol::Json)
            .flat_map(|(protocol, bytes)| bodies(protocol, &bytes))
            .chain(hard_values().map(|item| json_item(&item)))
            .collect(),
        "message_pack" => streams
            .filter(|(protocol, _)| *protocol == Protocol::MessagePack)
            .flat_map(|(protocol, bytes)| bodies(protocol, &bytes))
            .chain(hard_depths().map(message_pack_item))
            .collect(),
        "session" => streams
            .filter_map(|(protocol, bytes)| session(protocol, &bytes))
            .collect(),
        "utf8" => texts().map(|text| cut(&[], &text)).collect(),
        "websocket" => streams
            .map(|(protocol, bytes)| cut(&[], &client_frame(protocol, &bytes)))
            .collect(),
        other => panic!("no seeds for {other}"),
    }
}

/// One vector of the protocol tests, as far as it is wanted here.
#[derive(Deserialize)]
struct Vector {
    name: String,
    protocol: String,
    #[serde(rename = "bytes")]
    text: String,
    #[serde(skip)]
    bytes: Vec<u8>,
}

impl Vector {
    /// The bytes of hub messages, if these are some.
    fn stream(&self) -> Option<(Protocol, Vec<u8>)> {
        Some((Protocol::from_name(&self.protocol)?, self.bytes.clone()))
    }
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("../../../hub-runtime/core/tests/data/vectors.json");
    let mut vectors: Vec<Vector> = serde_json::from_str(text).expect("vectors");
    for vector in &mut vectors {
        let is_hex =
            matches!(&*vector.protocol, "messagepack" | "varint") || vector.name.contains("binary");
        vector.bytes = if is_hex {
            unhex(&vector.text)
        } else {
            vector.text.clone().into_bytes()
        };
    }
    vectors
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(|pair| byte(pair).expect("hex digits")).collect()
}

fn of_protocol<'a>(vectors: &'a [Vector], protocol: &str) -> impl Iterator<Item = &'a Vector> {
    vectors
        .iter()
        .filter(move |vector| vector.protocol == protocol)
}

/// The messages in `bytes`, and what follows them where they end.
fn bodies(protocol: Protocol, bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut framing = Framing::new(protocol);
    let mut rest = bytes;
    let mut bodies = Vec::new();
    while let Ok(Some(frame)) = framing.next(rest, None) {
        bodies.push(frame.body.to_vec());
        rest = &rest[frame.end..];
    }
    if !rest.is_empty() {
        bodies.push(rest.to_vec());
    }
    bodies
}

/// As deep as a value may nest inside a message, and a little deeper.
fn hard_depths() -> impl Iterator<Item = usize> {
    MAX_DEPTH - 1..MAX_DEPTH + 2
}

/// Values of JSON that are read in more than one way.
fn hard_values() -> impl Iterator<Item = String> {
    const VALUES: [&str; 7] = [
        "-0",
        "1e999",
        "0.30000000000000004",
        "18446744073709551616",
        r#""\ud83d\ude00""#,
        r#""\ud83d""#,
        r#"{"a":1,"a":{"a":[]}}"#,
    ];
    let nested = hard_depths().map(|depth| "[".repeat(depth) + &"]".repeat(depth));
    VALUES.into_iter().map(str::to_owned).chain(nested)
}

fn json_item(item: &str) -> Vec<u8> {
    format!(r#"{{"type":2,"invocationId":"1","item":{item}}}"#).into_bytes()
}

/// Arrays in arrays, the innermost one empty.
fn message_pack_item(depth: usize) -> Vec<u8> {
    let mut body = b"\x94\x02\x80\xa11".to_vec();
    body.resize(body.len() + depth - 1, 0x91);
    body.push(0x90);
    body
}

/// Bytes that come in pieces of three and seven.
fn cut(choices: &[u8], bytes: &[u8]) -> Vec<u8> {
    [choices, &[2, 3, 7], bytes].concat()
}

/// A connection with stateful reconnect, which is lost after these bytes, and found again.
fn session(protocol: Protocol, bytes: &[u8]) -> Option<Vec<u8>> {
    let opening = match protocol {
        Protocol::Json => 2,
        Protocol::MessagePack => 3,
    };
    let length = u8::try_from(bytes.len()).ok()?;
    let input = [&[0, length, 1, 7], bytes].concat();
    let steps: [&[u8]; 6] = [&[0x20, opening], &input, &[9, 8], &[11], &[12], &input];
    Some(steps.concat())
}

/// One frame of a client, behind a ping.
fn client_frame(protocol: Protocol, bytes: &[u8]) -> Vec<u8> {
    const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];
    let first = if protocol == Protocol::Json && bytes.last() == Some(&RECORD_SEPARATOR) {
        0x81
    } else {
        0x82
    };
    let mut frame = client_head(0x89, 0, KEY);
    frame.extend(client_head(first, bytes.len(), KEY));
    let masked = bytes.iter().zip(KEY.iter().cycle());
    frame.extend(masked.map(|(byte, key)| byte ^ key));
    frame
}

/// Characters of every length, and none.
fn texts() -> impl Iterator<Item = Vec<u8>> {
    let good = "a\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}";
    let bad: [&[u8]; 6] = [
        b"\xc0\xaf",
        b"\xe0\x9f\xbf",
        b"\xed\xa0\x80",
        b"\xf0\x8f\xbf\xbf",
        b"\xf4\x90\x80\x80",
        b"\xf0\x9f\x98",
    ];
    let good_and = move |bad: &[u8]| [good.as_bytes(), bad].concat();
    std::iter::once(good_and(&[])).chain(bad.into_iter().map(good_and))
}
