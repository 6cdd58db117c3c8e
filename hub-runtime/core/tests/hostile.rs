//! Input made to hurt: whatever comes, the session answers with an error and goes on living.

use std::sync::Arc;
use std::time::{Duration, Instant};

use hub_core::bytes::Bytes;
use hub_core::protocol::{
    Arguments, CompletionOutcome, MAX_DEPTH, Message, Protocol, Protocols, RawValue,
    TransferFormats, handshake,
};
use hub_core::session::{Event, Session, SessionOptions};
use serde::Deserialize;
use serde_json::Value;

/// A session whose handshake is over and that takes messages of any size.
fn open(protocol: Protocol) -> (Session, Instant) {
    let now = Instant::now();
    let mut options = SessionOptions::default();
    options.protocols = Protocols::ALL;
    options.maximum_receive_message_size = None;
    let mut session = Session::server(Arc::new(options), TransferFormats::TextAndBinary, now);
    let request = handshake::write_request(protocol, 1);
    let accepted = session.handle_input(now, &request).next().is_some();
    assert!(accepted);
    (session, now)
}

/// How the session answers `bytes`: the failure, or how many messages it read.
fn answer(protocol: Protocol, bytes: &[u8]) -> Result<usize, String> {
    let (mut session, now) = open(protocol);
    let mut inbox = session.handle_input(now, bytes);
    let mut messages = 0;
    while let Some(event) = inbox.next() {
        match event {
            Event::Message(message) => {
                decode_everything(&message);
                messages += 1;
            }
            Event::Failed(error) => return Err(error.to_string()),
            other => panic!("{other:?}"),
        }
    }
    Ok(messages)
}

fn decode_everything(message: &Message<'_>) {
    match message {
        Message::Invocation(call) => {
            call.headers.pairs();
            decode_arguments(call.arguments);
        }
        Message::StreamItem { item, .. } => decode_value(*item),
        Message::Completion {
            outcome: CompletionOutcome::Value(result),
            ..
        } => decode_value(*result),
        _ => {}
    }
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only decoding matters")]
struct Anything {
    name: String,
    tags: Vec<Option<Anything>>,
    kind: Kind,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "only decoding matters")]
enum Kind {
    One,
    Two(u8, f32),
    Three { x: Box<Anything> },
}

/// The results do not matter: that each decoding ends does.
fn decode_arguments(arguments: Arguments<'_>) {
    drop(arguments.decode::<()>());
    drop(arguments.decode::<(String,)>());
    drop(arguments.decode::<(i32, Option<f64>)>());
    drop(arguments.decode::<(Value, Option<Bytes>, Option<Kind>)>());
    drop(arguments.decode::<(Anything,)>());
}

fn decode_value(value: RawValue<'_>) {
    drop(value.decode::<Value>());
    drop(value.decode::<Bytes>());
    drop(value.decode::<u64>());
    drop(value.decode::<&str>());
    drop(value.decode::<Anything>());
    drop(value.decode::<std::collections::BTreeMap<i16, Kind>>());
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = body.len();
    while rest > 0x7f {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes.extend_from_slice(body);
    bytes
}

fn check_json(body: &[u8], expected: Result<usize, &str>) {
    let started = Instant::now();
    let found = answer(Protocol::Json, &[body, b"\x1e"].concat());
    assert_eq!(
        found,
        expected.map_err(|text| format!("InvalidDataException: {text}"))
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

fn check_message_pack(body: &[u8], expected: Result<usize, &str>) {
    let started = Instant::now();
    let found = answer(Protocol::MessagePack, &framed(body));
    assert_eq!(
        found,
        expected.map_err(|text| format!("InvalidDataException: {text}"))
    );
    assert!(started.elapsed() < Duration::from_secs(5));
}

const BROKEN: Result<usize, &str> = Err("Error reading JSON.");

#[test]
fn a_million_brackets_cost_no_stack() {
    let million = 1_000_000;
    let brackets = |open: &str| open.repeat(million).into_bytes();
    check_json(&brackets("{\"a\":"), BROKEN);
    check_json(
        &brackets("["),
        Err("Unexpected JSON Token Type 'Array'. Expected a JSON Object."),
    );
    for property in ["item", "arguments", "target", "headers", "unknown"] {
        let opening = [
            format!("{{\"type\":2,\"{property}\":").into_bytes(),
            brackets("["),
        ]
        .concat();
        check_json(&opening, BROKEN);
        let closed = [opening, brackets("]"), b"}".to_vec()].concat();
        check_json(&closed, BROKEN);
    }
    let nested = vec![0x91; million];
    check_message_pack(&nested, Err("Reading 'messageType' as Int32 failed."));
    let item = [b"\x94\x02\x80\xa11".to_vec(), nested.clone()].concat();
    check_message_pack(&item, Err("Reading 'item' as Object failed."));
    let arguments = [b"\x95\x01\x80\xc0\xa1A".to_vec(), nested.clone()].concat();
    check_message_pack(
        &arguments,
        Err("Reading array length for 'arguments' failed."),
    );
    // What follows the known items is not even looked at.
    check_message_pack(&[b"\x93\x06".to_vec(), nested].concat(), Ok(1));
}

#[test]
fn an_empty_array_was_let_in_one_level_too_deep() {
    let json = |depth| {
        let (opening, closing) = ("[".repeat(depth), "]".repeat(depth));
        format!("{{\"type\":2,\"invocationId\":\"1\",\"item\":{opening}{closing}}}").into_bytes()
    };
    let message_pack = |depth| [b"\x94\x02\x80\xa11", &vec![0x91; depth - 1][..], b"\x90"].concat();
    // The message itself is one level.
    let deepest = MAX_DEPTH - 1;
    check_json(&json(deepest), Ok(1));
    check_message_pack(&message_pack(deepest), Ok(1));
    check_json(&json(deepest + 1), BROKEN);
    check_message_pack(
        &message_pack(deepest + 1),
        Err("Reading 'item' as Object failed."),
    );
}

#[test]
fn claims_cost_nothing() {
    for claim in [
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
    ] {
        let item = [&b"\x94\x02\x80\xa11"[..], claim].concat();
        check_message_pack(&item, Err("Reading 'item' as Object failed."));
    }
    check_message_pack(
        b"\xdd\xff\xff\xff\xff",
        Err("Reading array length for 'elementCount' failed."),
    );
    let headers = b"\x93\x05\xdf\xff\xff\xff\xff\xa11";
    check_message_pack(headers, Err("Reading map length for 'headers' failed."));
    let stream_ids = b"\x96\x01\x80\xc0\xa1A\x90\xdd\xff\xff\xff\xff";
    check_message_pack(
        stream_ids,
        Err("Reading array length for 'streamIds' failed."),
    );
    // The whole message is only claimed: it is awaited, and nothing is kept ready for it.
    assert_eq!(
        answer(Protocol::MessagePack, b"\xff\xff\xff\xff\x07"),
        Ok(0)
    );
}

#[test]
fn text_that_is_none_is_refused() {
    check_json(b"{\"type\":2,\"invocationId\":\"\xff\",\"item\":1}", BROKEN);
    check_json(b"{\"type\":6,\"\xc3\":1}", BROKEN);
    check_json(
        b"{\"type\":1,\"target\":\"\\ud800\",\"arguments\":[]}",
        BROKEN,
    );
    check_json(b"\xef\xbb\xbf{\"type\":6}", BROKEN);
    check_message_pack(
        b"\x94\x02\x80\xa1\xff\x01",
        Err("Reading 'invocationId' as String failed."),
    );
}

#[test]
fn numbers_beyond_all_bounds_are_refused() {
    let digits = "9".repeat(100_000);
    let kind = Err("Expected 'type' to be of type Number.");
    check_json(format!("{{\"type\":{digits}}}").as_bytes(), kind);
    check_json(b"{\"type\":1e999}", kind);
    let sequence_id = Err("Expected 'sequenceId' to be of type Number.");
    check_json(
        format!("{{\"type\":8,\"sequenceId\":{digits}}}").as_bytes(),
        sequence_id,
    );
    check_json(b"{\"type\":9223372036854775807}", Ok(1));
    check_message_pack(
        b"\x91\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
        Err("Reading 'messageType' as Int32 failed."),
    );
}

#[test]
fn errors_repeat_little_of_what_they_refuse() {
    let name = "n".repeat(30_000);
    let body =
        format!("{{\"type\":1,\"target\":\"A\",\"arguments\":[],\"headers\":{{\"{name}\":1}}}}");
    let error = answer(Protocol::Json, format!("{body}\x1e").as_bytes()).unwrap_err();
    assert!(error.len() < 300, "{}", error.len());
}

#[derive(Deserialize)]
struct Vector {
    protocol: String,
    bytes: String,
}

/// The bytes of all vectors of `protocol`.
fn vectors(protocol: Protocol) -> Vec<Vec<u8>> {
    let all: Vec<Vector> = serde_json::from_str(include_str!("data/vectors.json")).unwrap();
    let of_protocol = all
        .into_iter()
        .filter(|vector| vector.protocol == protocol.name());
    of_protocol
        .map(|vector| match protocol {
            Protocol::Json => vector.bytes.into_bytes(),
            Protocol::MessagePack => {
                let digits = vector.bytes.as_bytes().chunks(2);
                let byte = |pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
                digits.map(byte).collect()
            }
        })
        .collect()
}

/// Marsaglia's xorshift: the same numbers in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 as usize % bound
    }

    /// Changes, inserts, removes, repeats or cuts off a few bytes.
    fn mutate(&mut self, bytes: &mut Vec<u8>) {
        const TELLING: [u8; 16] = *b"{}[]\",:\\\x1e\xc0\xc1\xdd\xdf\xdb\xff\x80";
        for _ in 0..=self.below(2) {
            let at = self.below(bytes.len() + 1);
            let byte = match self.below(2) {
                0 => TELLING[self.below(TELLING.len())],
                _ => self.below(256) as u8,
            };
            match self.below(5) {
                0 => bytes.insert(at, byte),
                1 if at < bytes.len() => bytes[at] = byte,
                2 if at < bytes.len() => drop(bytes.remove(at)),
                3 => bytes.extend_from_within(at..),
                _ => bytes.truncate(at.max(1)),
            }
        }
    }
}

fn check_mutations(protocol: Protocol, seed: u64) {
    let vectors = vectors(protocol);
    let mut random = Random(seed);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..10_000 {
        let mut bytes = vectors[random.below(vectors.len())].clone();
        random.mutate(&mut bytes);
        let whole = answer(protocol, &bytes);
        match &whole {
            Ok(messages) => read += messages,
            Err(error) => {
                assert!(error.len() < 300);
                refused += 1;
            }
        }
        // In pieces, the same bytes mean the same.
        let split = random.below(bytes.len() + 1);
        assert_eq!(
            in_pieces(protocol, &bytes, split),
            whole,
            "{}",
            bytes.escape_ascii()
        );
        // The values are decoded also when no envelope leads to them.
        decode_arguments(Arguments::new(protocol, &bytes[split..]));
        decode_value(RawValue::new(protocol, &bytes[split..]));
    }
    assert!(
        read > 500 && refused > 1_000,
        "{read} read, {refused} refused"
    );
}

fn in_pieces(protocol: Protocol, bytes: &[u8], split: usize) -> Result<usize, String> {
    let (mut session, now) = open(protocol);
    let mut messages = 0;
    for bytes in [&bytes[..split], &bytes[split..]] {
        let mut inbox = session.handle_input(now, bytes);
        while let Some(event) = inbox.next() {
            match event {
                Event::Failed(error) => return Err(error.to_string()),
                _ => messages += 1,
            }
        }
    }
    Ok(messages)
}

#[test]
fn mutated_json_does_no_harm() {
    check_mutations(Protocol::Json, 0x2545_f491_4f6c_dd1d);
}

#[test]
fn mutated_message_pack_does_no_harm() {
    check_mutations(Protocol::MessagePack, 0x9e37_79b9_7f4a_7c15);
}

#[test]
fn a_mutated_handshake_does_no_harm() {
    let mut random = Random(0xda94_2042_e4dd_58b5);
    for _ in 0..10_000 {
        let mut bytes = b"{\"protocol\":\"messagepack\",\"version\":1}\x1e".to_vec();
        random.mutate(&mut bytes);
        let now = Instant::now();
        let mut session = Session::server(Arc::default(), TransferFormats::Text, now);
        let mut inbox = session.handle_input(now, &bytes);
        while inbox.next().is_some() {}
    }
}
