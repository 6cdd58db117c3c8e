//! The server under attack: a process of its own, which has to survive and to forget.

use super::{Client, MIB, OVER_EVERYTHING, figure};
use hub_e2e::{ConformanceServer, Process};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// How often something is looked at that gives no sign.
const LOOK: Duration = Duration::from_millis(20);

/// The functional-test server, and what it used before the test began.
pub(crate) struct Server {
    pub(crate) program: ConformanceServer,
    pub(crate) address: SocketAddr,
    process: Process,
    descriptors: usize,
    resident: usize,
}

impl Server {
    /// With further arguments for its command line.
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        Self::warm(ConformanceServer::start(arguments)).await
    }

    /// Looks at it once everything that is made once has been made.
    pub(crate) async fn warm(program: ConformanceServer) -> Self {
        let address = program.origin().strip_prefix("http://");
        let address = address.and_then(|address| address.parse().ok());
        let process = program.process();
        let mut server = Self {
            address: address.expect("an address"),
            descriptors: process.descriptors(),
            resident: 0,
            program,
            process,
        };
        server.serves().await;
        server.descriptors_are_back().await;
        server.resident = process.resident();
        server
    }

    pub(crate) fn process(&self) -> Process {
        self.process
    }

    /// Descriptors that its clients hold on its side.
    pub(crate) fn sockets(&self) -> usize {
        self.process.descriptors() - self.descriptors
    }

    /// Waits until its clients hold so many of its descriptors at most.
    pub(crate) async fn has_sockets(&self, expected: usize, limit: Duration) {
        let start = Instant::now();
        while self.sockets() > expected {
            let sockets = self.sockets();
            assert!(
                start.elapsed() < limit,
                "{sockets} sockets are left after {limit:?}, where {expected} should be"
            );
            sleep(LOOK).await;
        }
    }

    /// An honest client is served, over every transport and protocol.
    pub(crate) async fn serves(&self) {
        for over in OVER_EVERYTHING {
            let mut client = Client::connect(self.address, over).await;
            client.answers().await;
            client.stop().await;
        }
    }

    /// The end of every test, and the row "leaks": the same process serves, and has given back
    /// what its clients made it hold.
    pub(crate) async fn has_recovered(&self) {
        assert!(self.process.is_running(), "the server has ended");
        self.descriptors_are_back().await;
        self.serves().await;
        self.descriptors_are_back().await;
        self.is_idle().await;
        let kept = self.process.resident().saturating_sub(self.resident);
        figure("memory kept", format!("{} KiB", kept / 1024), "24 MiB");
        assert!(kept <= 24 * MIB, "{kept} bytes are kept");
    }

    async fn descriptors_are_back(&self) {
        self.has_sockets(0, Duration::from_secs(8)).await;
    }

    /// Waits until it has nothing to do.
    pub(crate) async fn is_idle(&self) {
        const LIMIT: Duration = Duration::from_secs(6);
        // Of a core. What is left of it are the sweeps, which tests with short timeouts make
        // more frequent.
        const IDLE: f64 = 0.1;
        let start = Instant::now();
        loop {
            let busy = self.busy(Duration::from_millis(300)).await;
            if busy <= IDLE {
                return;
            }
            assert!(start.elapsed() < LIMIT, "it still uses {busy} of a core");
        }
    }

    /// How much of a core it uses, by watching for a while.
    pub(crate) async fn busy(&self, watch: Duration) -> f64 {
        let (start, before) = (Instant::now(), self.process.processor_time());
        sleep(watch).await;
        let used = self.process.processor_time().saturating_sub(before);
        used.as_secs_f64() / start.elapsed().as_secs_f64()
    }
}
