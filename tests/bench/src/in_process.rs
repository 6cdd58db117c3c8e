use crate::{Cell, Clients, Script};
use axum::Router;
use hub_core::protocol::Protocol;
use std::net::{Ipv4Addr, SocketAddr};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::yield_now;

/// A server and its clients, which play a cell round by round.
#[derive(Debug)]
pub struct InProcess {
    runtime: Runtime,
    clients: Clients,
    script: Script,
}

impl InProcess {
    /// Starts a server, and connects as many clients as the cell needs.
    pub fn start(cell: Cell, protocol: Protocol) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let script = cell.script(protocol);
        let clients = runtime.block_on(async {
            let address = serve().await;
            let count = script.answers.len();
            let mut clients = Clients::connect(address, hub_bench_server::PATH, protocol, count);
            while !clients.are_open() {
                yield_now().await;
            }
            clients
        });
        Self {
            runtime,
            clients,
            script,
        }
    }

    /// Plays so many rounds; gives the number of messages.
    pub fn play(&mut self, rounds: usize) -> usize {
        self.play_around(rounds, async |_| yield_now().await);
        rounds * self.script.messages
    }

    /// How many rounds have so many messages, at least.
    pub fn rounds(&self, messages: usize) -> usize {
        messages.div_ceil(self.script.messages)
    }

    /// Plays so many rounds. `server` is called for each of the server's turns, with the number of
    /// the round, and has to yield.
    pub fn play_around(&mut self, rounds: usize, mut server: impl AsyncFnMut(usize)) {
        let Self {
            runtime,
            clients,
            script,
        } = self;
        runtime.block_on(async {
            for round in 0..rounds {
                let mut is_over = clients.take_turn(Some(script));
                while !is_over {
                    server(round).await;
                    is_over = clients.take_turn(None);
                }
            }
        });
    }
}

/// Serves the hub of the benches at a free port, for as long as the runtime lives.
pub async fn serve() -> SocketAddr {
    let hubs = hub_bench_server::hubs().expect("a hub that can be mounted");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    let server = hub_runtime::serve(listener, hubs.mount(Router::new()));
    tokio::spawn(async move { server.await.expect("the server ends with the runtime") });
    address
}
