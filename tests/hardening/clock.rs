//! A wall clock that jumps: only what has to do with the time of day notices. Timeouts do not.

use crate::support::{Client, OVER_EVERYTHING, Server, Transport, figure, request, soon};
use hub_e2e::ConformanceServer;
use serde_json::json;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use tokio::time::sleep;

const DAY: i64 = 24 * 60 * 60;

/// A server whose wall clock is the test's.
struct Clocked {
    server: Server,
    folder: PathBuf,
}

impl Clocked {
    async fn start(test: &str, arguments: &[&str]) -> Self {
        let name = format!("hub-clock-{}-{test}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        let library = folder.join("clock.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/hardening/clock.c");
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]);
        let status = compiler.arg(&library).arg(source).status();
        assert!(status.expect("a C compiler").success());
        let clock = folder.join("clock");
        std::fs::write(&clock, "0").expect("a file");
        let environment = [("LD_PRELOAD", library), ("HUB_CLOCK", clock)];
        let program = ConformanceServer::start_within(&environment, arguments);
        let server = Server::warm(program).await;
        Self { server, folder }
    }

    /// Sets the wall clock so many seconds ahead of the true time.
    fn jump(&self, seconds: i64) {
        let (new, clock) = (self.folder.join("new"), self.folder.join("clock"));
        // Never half a number.
        std::fs::write(&new, seconds.to_string()).expect("a file");
        std::fs::rename(new, clock).expect("a file");
    }

    async fn token(&self, seconds: i64) -> String {
        let path = format!("/generateJwtToken?ttl={seconds}");
        let answer = request(self.server.address, "GET", &path).await;
        format!("&access_token={}", answer.text())
    }

    async fn connect(&self, over: crate::support::Over, keys: &str) -> Client {
        Client::connect_at(self.server.address, over, "/authorizedhub", keys).await
    }
}

impl Drop for Clocked {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[tokio::test]
async fn no_connection_notices_that_it_jumps() {
    const JUMPS: [i64; 4] = [DAY, 0, -DAY, 0];
    let times = ["--keep-alive", "500", "--client-timeout", "2000"];
    let clocked = Clocked::start("connections", &times).await;
    let stay = clocked.token(10 * DAY).await;
    let mut clients = JoinSet::new();
    for over in OVER_EVERYTHING {
        let mut open = Client::connect(clocked.server.address, over).await;
        let mut authorized = clocked.connect(over, &stay).await;
        clients.spawn(async move {
            let start = Instant::now();
            while start.elapsed() < Duration::from_secs(6) {
                for client in [&mut open, &mut authorized] {
                    client.send(json!({"type": 6})).await;
                    let answer = client.invoke("Echo", json!(["alive"])).await;
                    assert_eq!(answer["result"], "alive", "{over:?}: {answer}");
                }
                sleep(Duration::from_millis(100)).await;
            }
            open.stop().await;
            authorized.stop().await;
        });
    }
    for jump in JUMPS {
        sleep(Duration::from_millis(1200)).await;
        clocked.jump(jump);
    }
    soon(clients.join_all()).await;
    figure(
        "clock jumps of a day, 4 times",
        "no connection dropped",
        "none",
    );
    clocked.server.has_recovered().await;
}

#[tokio::test]
async fn tokens_end_by_the_clock_as_it_is() {
    const LIMIT: Duration = Duration::from_secs(5);
    let clocked = Clocked::start("tokens", &[]).await;
    let hour = clocked.token(3600).await;
    let week = clocked.token(7 * DAY).await;
    let mut longest = Duration::ZERO;
    for over in OVER_EVERYTHING {
        clocked.jump(0);
        let mut short = clocked.connect(over, &hour).await;
        let mut long = clocked.connect(over, &week).await;
        // Yesterday both hold for even longer.
        clocked.jump(-DAY);
        sleep(Duration::from_millis(1200)).await;
        for client in [&mut short, &mut long] {
            client.answers().await;
        }
        clocked.jump(DAY);
        let start = Instant::now();
        let last = short.last().await;
        let is_told = last == Some(json!({"type": 7, "allowReconnect": true}));
        // A poll that comes between the expiry and the look at the time is refused already.
        let may_be_refused = over.0 == Transport::LongPolling && last.is_none();
        assert!(is_told || may_be_refused, "{over:?}: {last:?}");
        longest = longest.max(start.elapsed());
        long.answers().await;
        let path = format!("/authorizedhub/negotiate?negotiateVersion=1{hour}");
        let status = request(clocked.server.address, "POST", &path).await.status;
        assert_eq!(status, 401);
        long.stop().await;
    }
    figure(
        "clock jump over a token's end",
        format!("closed after {longest:?}, then 401"),
        "5 s",
    );
    assert!(longest < LIMIT, "{longest:?}");
    clocked.server.has_recovered().await;
}
