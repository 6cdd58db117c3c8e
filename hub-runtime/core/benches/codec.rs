//! What the two hub protocols cost by themselves: a message read to its typed arguments, and one
//! written.
//!
//! ```text
//! cargo bench -p hub-core --bench codec
//! ```

use criterion::{Bencher, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hub_core::protocol::{Encoded, Framing, Message, Protocol};
use std::hint::black_box;

/// Texts of the two sizes: one that a chat sends, and one that shows the price of each byte.
const SIZES: [usize; 2] = [32, 16 * 1024];

/// An invocation as a client sends it, and the name of who writes it so.
struct Sample {
    writer: &'static str,
    protocol: Protocol,
    body: Vec<u8>,
}

/// The Echo of a text, by each kind of client. The order of JSON's members differs between them.
fn samples(text: &str) -> [Sample; 3] {
    let npm = format!(r#"{{"arguments":["{text}"],"invocationId":"17","target":"Echo","type":1}}"#);
    [
        Sample {
            writer: "json, npm's order",
            protocol: Protocol::Json,
            body: npm.into_bytes(),
        },
        Sample {
            writer: "json, .NET's order",
            protocol: Protocol::Json,
            body: body(Protocol::Json, &invocation(Protocol::Json, text)),
        },
        Sample {
            writer: "messagepack",
            protocol: Protocol::MessagePack,
            body: body(
                Protocol::MessagePack,
                &invocation(Protocol::MessagePack, text),
            ),
        },
    ]
}

fn invocation(protocol: Protocol, text: &str) -> Encoded {
    Encoded::invocation(protocol, Some("17"), "Echo", &(text,), &[]).expect("a text has a form")
}

/// A message without its separator or length.
fn body(protocol: Protocol, message: &Encoded) -> Vec<u8> {
    let mut framing = Framing::new(protocol);
    let frame = framing.next(message.payload(), None);
    frame
        .expect("a message in one piece")
        .expect("a whole message")
        .body
        .to_vec()
}

fn text(size: usize) -> String {
    "The quick brown fox jumps over a lazy dog. "
        .chars()
        .cycle()
        .take(size)
        .collect()
}

/// From the bytes of one message to the argument in its type.
fn read(sample: &Sample) -> String {
    let message = Message::parse(sample.protocol, black_box(&sample.body));
    let Ok(Message::Invocation(invocation)) = message else {
        panic!("no invocation: {message:?}");
    };
    assert_eq!(invocation.target, "Echo");
    let (text,) = invocation.arguments.decode().expect("one text");
    text
}

fn reading(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read Echo");
    for size in SIZES {
        let text = text(size);
        for sample in samples(&text) {
            assert_eq!(read(&sample), text);
            group.throughput(Throughput::Bytes(size as u64));
            group.bench_function(BenchmarkId::new(sample.writer, size), |bencher| {
                bencher.iter(|| read(&sample));
            });
        }
    }
    group.finish();
}

fn writing(criterion: &mut Criterion) {
    bench_writer(criterion, "write completion", |protocol, text| {
        Encoded::completion_value(protocol, "17", text)
            .expect("a text has a form")
            .into_parts()
    });
    bench_writer(criterion, "write invocation", |protocol, text| {
        invocation(protocol, text).into_parts()
    });
}

/// `write` gives its buffer away, so that freeing it is measured too: somebody has to.
fn bench_writer(
    criterion: &mut Criterion,
    name: &str,
    write: impl Fn(Protocol, &str) -> (Vec<u8>, usize),
) {
    let mut group = criterion.benchmark_group(name);
    for size in SIZES {
        let text = text(size);
        for protocol in Protocol::ALL {
            group.throughput(Throughput::Bytes(size as u64));
            let id = BenchmarkId::new(protocol.name(), size);
            group.bench_function(id, |bencher: &mut Bencher<'_>| {
                bencher.iter(|| write(protocol, black_box(&text)));
            });
        }
    }
    group.finish();
}

criterion_group!(codec, reading, writing);
criterion_main!(codec);
