//! Many clients at once, and what they leave behind.

use crate::client::Client;
use crate::hub::{Noticed, Server};
use futures_util::future::join_all;
use serde_json::json;

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd")
        .expect("a process file system")
        .count()
}

#[tokio::test]
async fn four_hundred_clients_at_once_are_answered_and_leave_nothing_behind() {
    const HERD: usize = 400;
    let mut server = Server::start().await;
    // The first client brings the task that sweeps, and stays.
    let _first = Client::json(&server).await;
    let (before, tasks) = (descriptors(), tokio::runtime::Handle::current().metrics());
    let alive = tasks.num_alive_tasks();
    let clients = join_all((0..HERD).map(|_| async {
        let mut client = Client::json(&server).await;
        let answer = client.invoke("Echo", json!(["here"])).await;
        assert_eq!(answer["result"], "here");
        client
    }))
    .await;
    assert!(descriptors() >= before + 2 * HERD);
    clients.into_iter().for_each(Client::vanish);
    let mut gone = 0;
    while gone < HERD {
        gone += usize::from(matches!(server.noticed().await, Noticed::Disconnected(_)));
    }
    let quiet = async {
        while descriptors() > before || tasks.num_alive_tasks() > alive {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(8), quiet)
        .await
        .expect("descriptors and tasks are given back");
}
