//! What comes before hub messages: negotiation, handshake, length prefixes.

use hub_core::negotiate::{NegotiateResponse, Negotiated, TransportType};
use hub_core::protocol::handshake::{self, HandshakeResponseError};
use hub_core::protocol::{Encoded, Framing, FramingError, Protocol};
use serde_json::Value;

use crate::group;

#[test]
fn handshake_requests_are_read_and_written() {
    let vectors = group("handshake", "client-to-server");
    for vector in &vectors {
        let request = vector.bytes.strip_suffix(b"\x1e").unwrap();
        let request = handshake::parse_request(request).unwrap();
        assert_eq!(
            request.protocol,
            vector.message["protocol"].as_str().unwrap()
        );
        assert_eq!(request.version, vector.message["version"].as_i64().unwrap());
        let protocol = Protocol::from_name(&request.protocol).unwrap();
        let written = handshake::write_request(protocol, request.version.try_into().unwrap());
        assert_eq!(written, vector.bytes, "{}", vector.name);
    }
    assert_eq!(vectors.len(), 3);
}

#[test]
fn handshake_responses_are_read_and_written() {
    let vectors = group("handshake", "server-to-client");
    for vector in &vectors {
        let frame = Framing::new(Protocol::Json)
            .next(&vector.bytes, None)
            .unwrap()
            .unwrap();
        let response = handshake::parse_response(frame.body);
        let (written, rest) = vector.bytes.split_at(frame.end);
        if let Some(error) = vector.message.get("error").and_then(Value::as_str) {
            assert_eq!(
                response,
                Err(HandshakeResponseError::Rejected(error.to_owned()))
            );
            assert_eq!(written, handshake::write_error(error), "{}", vector.name);
            assert!(rest.is_empty());
        } else {
            assert_eq!(response, Ok(()), "{}", vector.name);
            assert_eq!(written, handshake::ACCEPTED, "{}", vector.name);
            check_following(&vector.message, rest);
        }
    }
    assert_eq!(vectors.len(), 8);
}

/// A response may share a transport message with the first hub messages: with one ping here.
fn check_following(message: &Value, rest: &[u8]) {
    if message.is_array() {
        let protocol = if rest.starts_with(b"{") {
            Protocol::Json
        } else {
            Protocol::MessagePack
        };
        assert_eq!(rest, Encoded::ping(protocol));
    } else {
        assert!(rest.is_empty());
    }
}

#[test]
fn negotiate_responses_are_written() {
    let vectors = group("negotiate", "server-to-client");
    let mut not_ours = Vec::new();
    for vector in &vectors {
        let text = |name: &str| vector.message.get(name).and_then(Value::as_str);
        let transports = transports(&vector.message["availableTransports"]);
        let response = match (text("connectionId"), text("error")) {
            (Some(connection_id), None) => NegotiateResponse::Accepted(Negotiated {
                connection_id,
                connection_token: text("connectionToken"),
                available_transports: &transports,
                use_stateful_reconnect: vector.message.get("useStatefulReconnect").is_some(),
                token_lifetime_seconds: None,
            }),
            (None, Some(error)) => NegotiateResponse::Refused(error),
            _ => {
                not_ours.push(&*vector.name);
                continue;
            }
        };
        let [written, expected] =
            [response.to_json(), vector.bytes.clone()].map(|body| String::from_utf8(body).unwrap());
        assert_eq!(written, expected, "{}", vector.name);
    }
    assert_eq!(not_ours, ["negotiate/s2c/legacy-server"]);
    assert_eq!(vectors.len(), 7);
}

fn transports(value: &Value) -> Vec<TransportType> {
    let named = |value: &Value| {
        let mut all = TransportType::ALL.into_iter();
        all.find(|transport| value["transport"] == transport.name())
            .unwrap()
    };
    value.as_array().into_iter().flatten().map(named).collect()
}

#[test]
fn length_prefixes_are_read() {
    let vectors = group("varint", "both");
    for vector in &vectors {
        let prefix = &vector.bytes[..];
        let size = prefix.len() + vector.message["length"].as_u64().unwrap() as usize;
        let next = |max| Framing::new(Protocol::MessagePack).next(prefix, Some(max));
        assert_eq!(
            next(size - 1),
            Err(FramingError::MessageTooLarge(size - 1)),
            "{}",
            vector.name
        );
        match next(size) {
            Ok(Some(frame)) => assert_eq!((size, frame.end), (1, 1), "{}", vector.name),
            Ok(None) => assert!(size > 1),
            Err(error) => panic!("{}: {error}", vector.name),
        }
    }
    assert_eq!(vectors.len(), 14);
}

#[test]
fn length_prefixes_are_written() {
    let mut written = Vec::new();
    for vector in group("varint", "both") {
        let length = vector.message["length"].as_u64().unwrap() as usize;
        let item =
            |size: usize| Encoded::stream_item(Protocol::MessagePack, "1", &"x".repeat(size));
        // Small bodies hold no stream item, and the largest ones are not worth their memory.
        if !(16..4 << 20).contains(&length) {
            continue;
        }
        let encoded = (length - 10..length).find_map(|size| {
            let encoded = item(size).unwrap();
            let (prefix, body) = encoded.payload().split_at(vector.bytes.len());
            (body.len() == length).then(|| prefix.to_vec())
        });
        assert_eq!(encoded.as_ref(), Some(&vector.bytes), "{}", vector.name);
        written.push(length);
    }
    assert_eq!(
        written,
        [127, 128, 255, 300, 5248, 16383, 16384, 2_097_151, 2_097_152]
    );
}
