//! The vectors of the protocol tests, as far as they are wanted here.

use hub_core::protocol::{Framing, Protocol};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    name: String,
    protocol: String,
    bytes: String,
}

/// The hub messages of both protocols, as bytes of a stream.
pub(super) fn streams() -> impl Iterator<Item = (Protocol, Vec<u8>)> {
    let vectors = vectors().into_iter();
    vectors.filter_map(|(name, bytes)| Some((Protocol::from_name(&name)?, bytes)))
}

/// The hub messages of `protocol`, without what frames them.
pub(super) fn bodies(protocol: Protocol) -> impl Iterator<Item = Vec<u8>> {
    streams()
        .filter(move |(of, _)| *of == protocol)
        .flat_map(|(protocol, bytes)| split(protocol, &bytes))
}

/// The messages of handshakes.
pub(super) fn handshakes() -> impl Iterator<Item = Vec<u8>> {
    let vectors = vectors().into_iter();
    vectors
        .filter(|(name, _)| name == "handshake")
        .flat_map(|(_, bytes)| split(Protocol::Json, &bytes))
}

/// The vectors by the name of their protocol.
fn vectors() -> Vec<(String, Vec<u8>)> {
    let text = include_str!("../../../../hub-runtime/core/tests/data/vectors.json");
    let vectors: Vec<Vector> = serde_json::from_str(text).expect("vectors");
    vectors.into_iter().map(Vector::into_bytes).collect()
}

impl Vector {
    fn into_bytes(self) -> (String, Vec<u8>) {
        let is_hex = self.protocol == "messagepack" || self.name.contains("binary");
        let bytes = if is_hex {
            unhex(&self.bytes)
        } else {
            self.bytes.into_bytes()
        };
        (self.protocol, bytes)
    }
}

fn unhex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    pairs.map(|pair| byte(pair).expect("hex digits")).collect()
}

/// The messages in `bytes`, and what follows them where they end.
fn split(protocol: Protocol, bytes: &[u8]) -> Vec<Vec<u8>> {
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
