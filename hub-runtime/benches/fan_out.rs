//! What a call on many costs before the kernel: finding its receivers, and giving it to each.
//!
//! ```text
//! cargo bench -p hub-runtime --features server,__bench --bench fan_out
//! ```

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use hub_runtime::__bench::{Crowd, Mailbox};

const CROWD: u64 = 10_000;

fn registry(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("receivers");
    let crowd = Crowd::new(CROWD);
    assert_eq!(crowd.everybody() as u64, CROWD);
    group.bench_function("10,000, unchanged", |bencher| {
        bencher.iter(|| crowd.everybody());
    });
    group.bench_function("10,000, after a leave and a join", |bencher| {
        bencher.iter(|| {
            crowd.change();
            crowd.everybody()
        });
    });
    group.bench_function("10,000, a leave and a join alone", |bencher| {
        bencher.iter(|| crowd.change());
    });
    crowd.gather("ten", 10);
    assert_eq!(crowd.group("ten"), 10);
    group.bench_function("group of 10", |bencher| bencher.iter(|| crowd.group("ten")));
    group.finish();
}

fn mailbox(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("push of a shared message");
    let mailbox = Mailbox::new("a text of thirty-two characters.");
    mailbox.push();
    let length = mailbox.written();
    assert!(length > 32, "{length} bytes written");
    group.throughput(Throughput::Elements(1));
    group.bench_function("written at once", |bencher| bencher.iter(|| mailbox.push()));
    for pushes in [1, 8] {
        group.throughput(Throughput::Elements(pushes as u64));
        group.bench_function(format!("{pushes} in a turn"), |bencher| {
            bencher.iter(|| mailbox.push_in_a_turn(pushes));
        });
    }
    group.finish();
}

criterion_group!(benches, registry, mailbox);
criterion_main!(benches);
