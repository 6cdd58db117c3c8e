//! What a call costs by itself, from the bytes of its frame to the bytes of its answer: frame,
//! session, codec, the generated table, the driver. The kernel and the reactor are left out.
//!
//! ```text
//! cargo bench -p hub-runtime --features server,__bench --bench calls
//! ```

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use hub_core::protocol::{Encoded, Protocol};
use hub_runtime::__bench::Line;
use hub_runtime::prelude::*;
use std::hint::black_box;

#[hub]
trait BenchHub {
    async fn echo(&self, text: String) -> String;
}

struct Bench;

impl BenchHub for Bench {
    async fn echo(&self, text: String) -> String {
        text
    }
}

const TEXT: &str = "a text of thirty-two characters.";

fn calls(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("call");
    for protocol in Protocol::ALL {
        for calls in [1, 16] {
            let mut line = connect(protocol);
            let request = frame(protocol, echo(protocol).payload()).repeat(calls);
            group.throughput(Throughput::Elements(calls as u64));
            let id = BenchmarkId::new(protocol.name(), calls);
            group.bench_function(id, |bencher| {
                bencher.iter(|| {
                    let written = line.receive(black_box(&request));
                    assert!(written > calls * TEXT.len(), "{written} bytes of answers");
                });
            });
        }
    }
    group.finish();
}

fn connect(protocol: Protocol) -> Line {
    let mut line = Line::open::<dyn BenchHub>(Bench);
    let name = protocol.name();
    let handshake = format!("{{\"protocol\":\"{name}\",\"version\":1}}\x1e");
    let answered = line.receive(&frame(Protocol::Json, handshake.as_bytes()));
    assert!(answered > 0, "no answer to the handshake");
    line
}

fn echo(protocol: Protocol) -> Encoded {
    let echo = Encoded::invocation(protocol, Some("17"), "Echo", &(TEXT,), &[]);
    echo.expect("a text has a form")
}

/// A WebSocket frame as clients send it: masked (RFC 6455, section 5.3).
fn frame(protocol: Protocol, message: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0x12, 0x34, 0x56, 0x78];
    let opcode = if protocol == Protocol::Json { 1 } else { 2 };
    let length = u8::try_from(message.len()).expect("a short message");
    assert!(length < 126, "a short message");
    let masked = message.iter().zip(MASK.iter().cycle());
    let masked = masked.map(|(byte, mask)| byte ^ mask);
    let head = [0x80 | opcode, 0x80 | length];
    head.into_iter().chain(MASK).chain(masked).collect()
}

criterion_group!(benches, calls);
criterion_main!(benches);
