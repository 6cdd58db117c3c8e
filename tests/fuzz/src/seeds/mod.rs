//! What a fuzzer begins with: the vectors that the protocol tests are made of, and some that are hard.

mod hard;
mod vectors;

use hub_core::protocol::Protocol;

use crate::websocket::client_frame;

/// The first inputs of the target `name`.
pub fn of(name: &str) -> Vec<Vec<u8>> {
    let streams = vectors::streams();
    match name {
        "deflate" => hard::compressed()
            .map(|bytes| in_pieces(&[], &bytes))
            .collect(),
        "framing" => {
            let unlimited = streams.map(|(_, bytes)| in_pieces(&[0, 0], &bytes));
            unlimited.chain(hard::limited()).collect()
        }
        "handshake" => vectors::handshakes().chain(hard::handshakes()).collect(),
        "json" => {
            let bodies = vectors::bodies(Protocol::Json);
            bodies.chain(hard::json()).collect()
        }
        "message_pack" => {
            let bodies = vectors::bodies(Protocol::MessagePack);
            bodies.chain(hard::message_pack()).collect()
        }
        "session" => {
            let sessions = streams.filter_map(|(protocol, bytes)| session(protocol, &bytes));
            sessions.chain(hard::sessions()).collect()
        }
        "utf8" => hard::texts().map(|text| in_pieces(&[], &text)).collect(),
        "websocket" => {
            let messages = streams.map(|(protocol, bytes)| framed(protocol, &bytes));
            let all = messages.chain(hard::frames());
            all.map(|frames| in_pieces(&[], &frames)).collect()
        }
        other => panic!("no seeds for {other}"),
    }
}

/// Bytes that come in pieces of three and seven.
fn in_pieces(choices: &[u8], bytes: &[u8]) -> Vec<u8> {
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
fn framed(protocol: Protocol, bytes: &[u8]) -> Vec<u8> {
    let first = match protocol {
        Protocol::Json => 0x81,
        Protocol::MessagePack => 0x82,
    };
    [client_frame(0x89, b""), client_frame(first, bytes)].concat()
}
