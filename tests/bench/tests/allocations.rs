//! How often the server asks the allocator, and for how much: bounds that only fall.
//!
//! ```text
//! cargo nextest run -p hub-bench --no-capture allocations     # prints the table
//! ```
//!
//! All is in one test, since the counters are those of the whole process.

use hub_bench::{Cell, InProcess};
use hub_core::protocol::Protocol::{self, Json, MessagePack};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use std::alloc::System;
use std::ops::{AddAssign, Sub};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What was asked of the allocator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Count {
    /// Allocations, and buffers that grew.
    requests: usize,
    bytes: usize,
}

const fn count(requests: usize, bytes: usize) -> Count {
    Count { requests, bytes }
}

/// At most so much for each round of a cell. Bytes are rounded up.
const BOUNDS: [(Cell, Protocol, Count); 10] = [
    (Cell::Echo, Json, count(4, 400)),
    (Cell::Echo, MessagePack, count(4, 400)),
    (Cell::EchoX16, Json, count(35, 6000)),
    (Cell::EchoX16, MessagePack, count(35, 6000)),
    (Cell::Echo16KiB, Json, count(6, 50_000)),
    (Cell::Echo16KiB, MessagePack, count(4, 34_000)),
    (Cell::Broadcast(1), Json, count(8, 1000)),
    (Cell::Broadcast(1), MessagePack, count(8, 1000)),
    (Cell::Stream, Json, count(15, 52_000)),
    (Cell::Stream, MessagePack, count(8, 18_000)),
];

/// At most so much for each further receiver of a broadcast.
const DELIVERY: Count = count(0, 0);

#[test]
fn allocations_stay_within_their_bounds() {
    let mut exceeded = Vec::new();
    let mut check = |what: String, measured: Count, bound: Count| {
        println!(
            "{what:40} {:5} requests {:7} bytes",
            measured.requests, measured.bytes
        );
        if measured.requests > bound.requests || measured.bytes > bound.bytes {
            exceeded.push(format!("{what}: {measured:?}, at most {bound:?}"));
        }
    };
    for (cell, protocol, bound) in BOUNDS {
        let what = format!("{cell:?} in {protocol:?}");
        check(what, measure(cell, protocol), bound);
    }
    for protocol in Protocol::ALL {
        let [many, one] = [101, 1].map(|receivers| measure(Cell::Broadcast(receivers), protocol));
        let what = format!("100 deliveries in {protocol:?}");
        check(what, many - one, DELIVERY);
    }
    assert!(exceeded.is_empty(), "{}", exceeded.join("\n"));
}

/// The middle one of many rounds: a busy machine may cut what is sent in two, now and then.
fn measure(cell: Cell, protocol: Protocol) -> Count {
    let mut bench = InProcess::start(cell, protocol);
    bench.play(20);
    let mut rounds = [Count::default(); 101];
    bench.play_around(rounds.len(), async |round| {
        let region = Region::new(ALLOCATOR);
        tokio::task::yield_now().await;
        let change = region.change();
        rounds[round] += Count {
            requests: change.allocations + change.reallocations,
            bytes: change.bytes_allocated,
        };
    });
    rounds.sort_unstable();
    rounds[rounds.len() / 2]
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.bytes += other.bytes;
    }
}

impl Sub for Count {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_sub(other.requests),
            bytes: self.bytes.saturating_sub(other.bytes),
        }
    }
}
