//! The load generator counts what comes, and loses nothing. How long that takes is not looked at.

use hub_bench::serve;
use hub_core::protocol::Protocol;
use hub_load::{Hub, Kind, Load, Process, play};
use std::time::Duration;

const LOADS: [Load; 7] = [
    Load::new(Kind::Echo, 4, 1, 16),
    Load::new(Kind::Stream, 2, 1, 2),
    Load::new(Kind::Broadcast, 1, 10, 4),
    Load::new(Kind::Group, 4, 3, 2),
    Load::new(Kind::Connect, 2, 1, 2),
    Load::new(Kind::ConnectSkip, 2, 1, 2),
    Load {
        rooms: 2,
        users: true,
        ..Load::new(Kind::Idle, 1, 110, 1)
    },
];

const TIME: Duration = Duration::from_millis(50);

#[test]
fn a_load_counts_what_comes_and_loses_nothing() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let path = hub_bench_server::PATH.to_owned();
        let hub = Hub {
            address: serve().await,
            path,
        };
        let mut messages = 0;
        for load in LOADS {
            for protocol in Protocol::ALL {
                let (server, time) = (Process::with_id(std::process::id()), TIME);
                let report = play(load, &hub, protocol, server, time).await;
                let report = report.expect("a good server");
                // A message that is not counted is missed, too.
                assert_eq!(report.lost, 0, "{load:?}");
                messages += report.messages;
            }
        }
        assert!(messages > 0, "nothing came in the time that is measured");
    });
}
