//! What is read wrong if it is read carelessly.

use hub_core::protocol::MAX_DEPTH;

use crate::websocket::client_frame;

/// As deep as a value may nest inside a message, and a little deeper.
fn depths() -> impl Iterator<Item = usize> {
    MAX_DEPTH - 1..MAX_DEPTH + 2
}

/// Hub messages in JSON, without separators.
pub(super) fn json() -> impl Iterator<Item = Vec<u8>> {
    const VALUES: [&str; 8] = [
        "-0",
        "01",
        "1e999",
        "0.30000000000000004",
        "18446744073709551616",
        r#""\ud83d\ude00""#,
        r#""\ud83d""#,
        r#"{"a":1,"a":{"a":[]}}"#,
    ];
    let nested = depths().map(|depth| "[".repeat(depth) + &"]".repeat(depth));
    let values = VALUES.into_iter().map(str::to_owned).chain(nested);
    let items = values.map(|item| format!(r#"{{"type":2,"invocationId":"1","item":{item}}}"#));
    let others = [
        "{\"type\":6,\"a\n\":1}",
        r#"{"type":6,"type":7}"#,
        r#"{"type":1,"target":"\u0000\u001f\"","arguments":[]}"#,
    ];
    let messages = items.chain(others.map(str::to_owned));
    messages.map(String::into_bytes)
}

/// Hub messages in MessagePack, without lengths.
pub(super) fn message_pack() -> impl Iterator<Item = Vec<u8>> {
    // Arrays in arrays, the innermost one empty.
    let nested = depths().map(|depth| [&vec![0x91; depth - 1][..], b"\x90"].concat());
    let items = nested.map(|item| [b"\x94\x02\x80\xa11", &item[..]].concat());
    // Floats that are integers, and one that is none.
    let floats: [&[u8]; 3] = [
        b"\xcb\x43\x40\x00\x00\x00\x00\x00\x00",
        b"\xca\xc0\x00\x00\x00",
        b"\xca\xbf\xc0\x00\x00",
    ];
    let calls = floats.map(|float| [b"\x95\x01\x80\xc0\xa1A\x91", float].concat());
    items.chain(calls)
}

/// Both messages of the handshake, without separators.
pub(super) fn handshakes() -> impl Iterator<Item = Vec<u8>> {
    const MESSAGES: [&str; 8] = [
        r#"{"protocol":"json","version":-7}"#,
        r#"{"protocol":"JSON","version":-0}"#,
        r#"{"protocol":"messagepack","version":3}"#,
        r#"{"protocol":"json","protocol":"json","version":1}"#,
        r#"{"protocol":null,"version":1}"#,
        r#"{"protocol":"\u001e","version":1}"#,
        r#"{"type":6,"error":"x"}"#,
        r#"{"error":"\ud800"}"#,
    ];
    MESSAGES.into_iter().map(|text| text.as_bytes().to_vec())
}

/// Streams behind a limit that they just fit, or just do not.
pub(super) fn limited() -> impl Iterator<Item = Vec<u8>> {
    let streams: [&[u8]; 2] = [
        b"{\"a\":6}\x1e{}\x1e",
        b"\x07\x91\x06\x06\x06\x06\x06\x06\x00",
    ];
    let limits = [7, 8, 9];
    limits
        .into_iter()
        .flat_map(move |limit| streams.map(|stream| [&[0, limit], &[1, 3], stream].concat()))
}

/// Steps of sessions, behind their settings.
pub(super) fn sessions() -> impl Iterator<Item = Vec<u8>> {
    const SESSIONS: [&[u8]; 4] = [
        // A transport that is lost within the handshake.
        b"\x20\x00\x00\x11\x00{\"protocol\":\"json\x0c\x00\x05\x00{\"pro",
        // Messages that come together, in pieces of five bytes, in both protocols.
        b"\x20\x03\x07\x05\x00\x01\x40\x02\x40\x03\x20\x04\x50\x05\x01\x05\x09\x08",
        b"\x20\x02\x07\x05\x00\x01\x40\x02\x40\x03\x20\x04\x50\x05\x01\x05\x09\x08",
        // The client goes on behind messages that never came.
        b"\x20\x03\x04\x01\x64\x09\x04\x02\x09\x08",
    ];
    SESSIONS.into_iter().map(<[u8]>::to_vec)
}

/// Compressed messages: the examples of RFC 7692, section 7.2.3, one that gets large, and some that are
/// none.
pub(super) fn compressed() -> impl Iterator<Item = Vec<u8>> {
    const MESSAGES: [&[u8]; 11] = [
        b"",
        b"\0",
        b"\xf2\x48\xcd\xc9\xc9\x07\0",
        b"\0\x05\0\xfa\xffHello\0",
        b"\xf3\x48\xcd\xc9\xc9\x07\0\0",
        b"\xf2\x48\x05\0\0\0\xff\xff\xca\xc9\xc9\x07\0",
        b"\xf2\x48\xcd",
        b"\x06",
        b"\0\x05\0\xfa\xfe\x48",
        b"\x4a\x82\x13\0",
        b"\x03\0\0\x01",
    ];
    // 100 000 bytes, all the same.
    let begin = b"\xec\xc11\x01\0\0\0\xc2\xa0\xda\x8bo\r\x0f\xa0";
    let large = [&begin[..], &[0; 96], b"\x80W\x03"].concat();
    let messages = MESSAGES.into_iter().map(<[u8]>::to_vec);
    messages.chain([large])
}

/// Characters of every length, and none.
pub(super) fn texts() -> impl Iterator<Item = Vec<u8>> {
    let good = "a\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}";
    let bad: [&[u8]; 7] = [
        b"",
        b"\xc0\xaf",
        b"\xe0\x9f\xbf",
        b"\xed\xa0\x80",
        b"\xf0\x8f\xbf\xbf",
        b"\xf4\x90\x80\x80",
        b"\xf0\x9f\x98",
    ];
    bad.into_iter()
        .map(move |bad| [good.as_bytes(), bad].concat())
}

/// Frames of a client, one behind the other.
pub(super) fn frames() -> impl Iterator<Item = Vec<u8>> {
    type Frames = &'static [(u8, &'static [u8])];
    const FRAMES: [Frames; 6] = [
        &[
            (0x01, b"caf\xc3"),
            (0x89, b"p"),
            (0x00, b"\xa9"),
            (0x8a, b""),
            (0x80, b"!"),
        ],
        &[(0x02, b""), (0x00, b"a"), (0x80, b""), (0x82, b"")],
        &[(0x81, b"a"), (0x88, b"\x03\xe8bye"), (0x81, b"late")],
        &[(0x88, b"\x0b\xb8caf\xc3")],
        &[(0x88, b"\x03")],
        &[(0x01, b"\xf0\x9f"), (0x80, b"\x98")],
    ];
    FRAMES.into_iter().map(|frames| {
        let frames = frames
            .iter()
            .map(|(first, payload)| client_frame(*first, payload));
        frames.collect::<Vec<_>>().concat()
    })
}
