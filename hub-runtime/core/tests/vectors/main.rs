//! Every vector of `data/vectors.json`, in every direction that concerns this crate.
//!
//! The bytes were taken from the official npm client (SignalR wire specification, section 22), so
//! these tests say whether we speak the same language.

mod connection;
mod hub_messages;
mod refused;
mod tagged;

use std::collections::BTreeMap;

use hub_core::protocol::Protocol;
use serde_json::Value;

/// One vector.
struct Vector {
    name: String,
    protocol: String,
    direction: String,
    /// The decoded form; null where there is none.
    message: Value,
    bytes: Vec<u8>,
    expect: Value,
}

impl Vector {
    fn hub_protocol(&self) -> Option<Protocol> {
        Protocol::from_name(&self.protocol)
    }
}

fn vectors() -> Vec<Vector> {
    let all: Vec<Value> = serde_json::from_str(include_str!("../data/vectors.json")).unwrap();
    all.iter().map(vector).collect()
}

/// The vectors of `protocol` and `direction`.
fn group(protocol: &str, direction: &str) -> Vec<Vector> {
    let mut all = vectors();
    all.retain(|vector| vector.protocol == protocol && vector.direction == direction);
    all
}

fn vector(value: &Value) -> Vector {
    let text = |key: &str| value[key].as_str().unwrap().to_owned();
    let (name, protocol, bytes) = (text("name"), text("protocol"), text("bytes"));
    let is_hex = matches!(&*protocol, "messagepack" | "varint") || name.contains("ok-binary");
    Vector {
        bytes: if is_hex {
            tagged::unhex(&bytes)
        } else {
            bytes.into_bytes()
        },
        direction: text("direction"),
        message: value["message"].clone(),
        expect: value["expect"].clone(),
        name,
        protocol,
    }
}

/// Should the file change, somebody must look where the new vectors belong: each group below has
/// a test that counts how many of them it ran.
#[test]
fn no_vector_is_lost() {
    let mut counts = BTreeMap::new();
    for vector in vectors() {
        *counts
            .entry(format!("{} {}", vector.protocol, vector.direction))
            .or_insert(0) += 1;
    }
    let expected = [
        ("handshake client-to-server", 3),
        ("handshake server-to-client", 8),
        ("json both", 4),
        ("json client-to-server", 28),
        ("json client-to-server-invalid", 17),
        ("json server-to-client", 26),
        ("json server-to-client-invalid", 9),
        ("messagepack both", 17),
        ("messagepack client-to-server", 55),
        ("messagepack client-to-server-invalid", 4),
        ("messagepack server-to-client", 35),
        ("messagepack server-to-client-invalid", 8),
        ("negotiate server-to-client", 7),
        // Event streams are a matter of the transport, which is not in this crate.
        ("sse server-to-client", 7),
        ("varint both", 14),
    ];
    let expected = expected.map(|(group, count)| (group.to_owned(), count));
    assert_eq!(counts, BTreeMap::from(expected));
}
