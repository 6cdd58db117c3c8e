//! A server of the test hub in this process.

use std::net::SocketAddr;
use std::sync::mpsc;

use axum::Router;
use axum::extract::{Query, State};
use axum::routing::post;
use hub_e2e_contract::TestHub;
use hub_runtime::{ConnectionLimits, Explorer, HubContext, HubOptions, Hubs, User};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::leftovers::expect_none;
use crate::{Probe, held_sockets};

/// What clients of the test hub there were.
pub const CONTRACTS: &str = include_str!("../contract/contracts.lock");

/// Serves [`Probe`] at `/hubs/test` on a port of its own, until it is dropped.
///
/// `?user=ann` in the hub's address makes the connection ann's. `POST /announce?text=…` says the
/// text to all, from outside of the hub, and `POST /shutdown` shuts the hub down.
#[derive(Debug)]
pub struct TestServer {
    address: SocketAddr,
    /// Dropping the runtime ends the server and all its connections.
    runtime: Runtime,
}

impl TestServer {
    /// With the default options.
    pub fn start() -> Self {
        Self::with(|_| ())
    }

    /// With options of one's own.
    pub fn with(options: impl FnOnce(&mut HubOptions) + 'static) -> Self {
        Self::limited(|_| (), options)
    }

    /// With limits of one's own as well.
    pub fn limited(
        limits: impl FnOnce(&mut ConnectionLimits),
        options: impl FnOnce(&mut HubOptions) + 'static,
    ) -> Self {
        let app = app(limits, options);
        let runtime = Runtime::new().expect("a runtime");
        let (tell, told) = mpsc::channel();
        runtime.spawn(async move {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
            tell.send(listener.local_addr().expect("an address"))
                .expect("the test waits for it");
            hub_runtime::serve(listener, app)
                .await
                .expect("the server ends with the runtime");
        });
        let address = told.recv().expect("the server has started");
        Self { address, runtime }
    }

    /// The hub's address.
    pub fn hub_url(&self) -> String {
        format!("http://{}/hubs/test", self.address)
    }

    /// Fails if something is left of its clients: a connection, or a task.
    pub fn expect_nothing_left(&self) {
        // The server, the one who accepts for it, and the sweep that looks after time for all
        // connections.
        const ITS_OWN: usize = 3;
        expect_none("connections", || held_sockets(self.address));
        let tasks = self.runtime.metrics();
        expect_none("tasks", || tasks.num_alive_tasks().saturating_sub(ITS_OWN));
    }
}

fn app(
    limits: impl FnOnce(&mut ConnectionLimits),
    options: impl FnOnce(&mut HubOptions) + 'static,
) -> Router {
    let hubs = Hubs::builder()
        .message_pack()
        .limits(limits)
        .contract_lock(CONTRACTS)
        .identify(user_in_the_address)
        .hub_with::<dyn TestHub>("/hubs/test", Probe, options)
        .build()
        .expect("the hub can be mounted");
    let routes = Router::new()
        .route("/announce", post(announce))
        .route("/shutdown", post(shutdown).with_state(hubs.clone()))
        .merge(Explorer::new(&hubs).title("Test").routes("/explorer"));
    hubs.mount(routes)
}

async fn shutdown(State(hubs): State<Hubs>) {
    hubs.shutdown().await;
}

async fn announce(hub: HubContext<dyn TestHub>, Query(query): Query<Vec<(String, String)>>) {
    for (_, text) in query {
        hub.clients()
            .all()
            .said(text)
            .await
            .expect("the hub is there");
    }
}

fn user_in_the_address(parts: &http::request::Parts) -> Option<User> {
    let query = parts.uri.query().unwrap_or_default();
    let (_, user) = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "user")?;
    Some(User::new(user))
}
