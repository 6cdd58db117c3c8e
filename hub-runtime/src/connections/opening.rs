//! How a connection starts: on an upgraded socket, or between requests and responses.

use super::application::Application;
use super::mailslot::{Inbound, Outbound};
use super::socket;
use super::way_back::WayBack;
use super::websocket::upgrade::Upgrading;
use crate::driver::{Connection, Framing, Lease, Link};
use crate::identity::Ticket;
use crate::server::drain::{Drain, DrainGuard};
use crate::server::limits::Admitted;
use crate::server::relay::{Opening, Relay};
use hub_core::negotiate::TransportType;
use smol_str::SmolStr;
use std::future::Future;
use std::sync::Arc;

/// What is known of a connection when its first request has been read.
pub(crate) struct NewConnection {
    pub(crate) id: SmolStr,
    /// Whether the id is the secret token too, in version 0 of negotiate.
    pub(crate) id_is_token: bool,
    /// Unique in this process; names the connection where its id would be too long.
    pub(crate) number: u64,
    /// Whose it is; `None` for nobody's.
    pub(crate) ticket: Option<Arc<Ticket>>,
    pub(crate) http: http::request::Parts,
    pub(crate) transport: TransportType,
    /// Where stateful reconnect was negotiated: what leads a later request to the connection.
    pub(super) way_back: Option<Arc<WayBack>>,
    pub(crate) lease: Lease,
    /// Its place among the connections that there may be, until its last code has run.
    pub(crate) admitted: Admitted,
    /// The connection's part in the server's shutdown, under a server that has one. Taken before
    /// an upgrade is answered, so that a shutdown does not miss the connection.
    pub(crate) guard: Option<DrainGuard>,
}

/// Starts a connection once its request has become a socket.
pub(super) fn start_upgraded(
    application: Arc<dyn Application>,
    upgrading: Upgrading,
    new: NewConnection,
    drain: Option<&Drain>,
) {
    hand_over(
        drain,
        Box::pin(async move {
            let link = link(upgrading).await?;
            Some(application.run(new, link))
        }),
    );
}

/// Gives a connection the socket that its client has come back on.
pub(super) fn resume_upgraded(
    upgrading: Upgrading,
    connection: Arc<Connection>,
    drain: Option<&Drain>,
) {
    hand_over(
        drain,
        Box::pin(async move {
            connection.resume(link(upgrading).await?);
            None
        }),
    );
}

/// The transport that a request becomes. `None` if the client is gone by then.
async fn link(upgrading: Upgrading) -> Option<Link> {
    let framing = Framing::WebSocket(upgrading.deflate);
    let upgraded = upgrading.socket().await.ok()?;
    let (input, output) = socket::split(upgraded);
    Some(Link {
        input,
        output,
        framing,
    })
}

/// Starts a connection between requests and responses.
pub(super) fn start(
    application: Arc<dyn Application>,
    (input, output): (Inbound, Outbound),
    new: NewConnection,
    drain: Option<&Drain>,
) {
    let link = Link {
        input: Box::new(input),
        output: Box::new(output),
        framing: Framing::Bare,
    };
    spawn(drain, application.run(new, link));
}

/// The task of a request goes on as that of the connection, where it can.
fn hand_over(drain: Option<&Drain>, opening: Opening) {
    match drain {
        Some(drain) => drain.hand_over(opening),
        None => drop(tokio::spawn(Relay::First(opening))),
    }
}

/// A server that can drain owns its tasks; under another one they are on their own.
fn spawn(drain: Option<&Drain>, task: impl Future<Output = ()> + Send + Unpin + 'static) {
    match drain {
        Some(drain) => drain.spawn(task),
        None => drop(tokio::spawn(task)),
    }
}
