//! How a connection starts: on an upgraded socket, or between requests and responses.

use super::mailslot::{Inbound, Outbound};
use super::way_back::WayBack;
use super::websocket::upgrade::Upgrading;
use super::{head, socket};
use crate::driver::{self, Connection, Framing, Input, Lease, Link, Opening, Outgoing, Transport};
use crate::server::drain::{Drain, DrainGuard};
use crate::server::state::HubState;
use hub_core::negotiate::TransportType;
use hub_core::{DisconnectReason, User};
use smol_str::SmolStr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What is known of a connection when its first request has been read.
pub(super) struct NewConnection {
    pub(super) hub: Arc<HubState>,
    pub(super) id: SmolStr,
    pub(super) user: Option<User>,
    pub(super) http: http::request::Parts,
    pub(super) transport: TransportType,
    /// Where stateful reconnect was negotiated: what leads a later request to the connection.
    pub(super) way_back: Option<Arc<WayBack>>,
}

/// Starts a connection once its request has become a socket.
pub(super) fn start_upgraded(
    upgrading: Upgrading,
    new: NewConnection,
    lease: Lease,
    drain: Option<Drain>,
) {
    // Taken before the upgrade is answered, so that a shutdown does not miss the connection.
    let guard = drain.as_ref().map(Drain::guard);
    let owner = drain.clone();
    // A task of its own for the wait, since its future carries the whole request.
    spawn(owner.as_ref(), async move {
        if let Ok(upgraded) = upgrading.socket().await {
            let (input, output) = socket::split(upgraded);
            let task = run(new, input, output, Framing::WebSocket, lease, guard);
            spawn(drain.as_ref(), task);
        }
    });
}

/// Gives a connection the socket that its client has come back on.
pub(super) fn resume_upgraded(
    upgrading: Upgrading,
    connection: Arc<Connection>,
    drain: Option<&Drain>,
) {
    spawn(drain, async move {
        if let Ok(upgraded) = upgrading.socket().await {
            let (input, output) = socket::split(upgraded);
            connection.resume(Link { input, output });
        }
    });
}

/// Starts a connection between requests and responses.
pub(super) fn start(
    (input, output): (Inbound, Outbound),
    new: NewConnection,
    lease: Lease,
    drain: Option<&Drain>,
) {
    let guard = drain.map(Drain::guard);
    let task = run(
        new,
        Box::new(input),
        Box::new(output),
        Framing::Bare,
        lease,
        guard,
    );
    spawn(drain, task);
}

/// Makes the connection, and its task: it ends with the connection, or has it end when the server
/// shuts down.
fn run(
    new: NewConnection,
    input: Input,
    output: Box<dyn Transport>,
    framing: Framing,
    lease: Lease,
    guard: Option<DrainGuard>,
) -> impl Future<Output = ()> + Send {
    let limit = new.hub.options().maximum_pending_bytes;
    let opening = Opening {
        id: new.id,
        number: next_number(),
        user: new.user,
        http: head::detach(new.http),
        transport: new.transport,
        outgoing: Outgoing::new(output, framing, limit),
        stateful_reconnect: new.way_back.is_some(),
    };
    let connection = Connection::new(&new.hub, opening);
    if let Some(way_back) = &new.way_back {
        way_back.lead_to(&connection);
    }
    let driver = driver::run(Arc::clone(&connection), input, lease);
    until_shutdown(connection, driver, guard)
}

async fn until_shutdown(
    connection: Arc<Connection>,
    driver: impl Future<Output = ()>,
    guard: Option<DrainGuard>,
) {
    let Some(guard) = guard else {
        return driver.await;
    };
    let mut driver = pin!(driver);
    tokio::select! {
        biased;
        () = &mut driver => {}
        () = guard.signalled() => {
            connection.request_close(DisconnectReason::ServerShutdown);
            driver.await;
        }
    }
}

/// A server that can drain owns its tasks; under another one they are on their own.
fn spawn(drain: Option<&Drain>, task: impl Future<Output = ()> + Send + 'static) {
    match drain {
        Some(drain) => drain.spawn(task),
        None => drop(tokio::spawn(task)),
    }
}

fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
