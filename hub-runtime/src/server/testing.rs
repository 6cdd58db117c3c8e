//! A hub without methods, and its connections, for unit tests and benches.

use super::clock::CoarseClock;
use super::options::HubOptions;
use super::state::HubState;
use crate::connections::Head;
use crate::dispatch::Hub;
use crate::driver::{Connection, Framing, Opening, Outgoing, Transport};
use hub_core::HubError;
use hub_core::call::{BindError, Call};
use hub_core::context::{ConnectionScope, DisconnectReason};
use hub_core::contract::{CallFuture, HubMethodDescription};
use hub_core::negotiate::TransportType;
use hub_core::protocol::Protocols;
use std::future::{Future, ready};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

struct NoMethods;

impl Hub for NoMethods {
    fn methods(&self) -> usize {
        0
    }

    fn find(&self, _: &str) -> Option<(usize, &'static HubMethodDescription)> {
        None
    }

    fn call(&self, _: usize, _: Call<'_>) -> Result<CallFuture, BindError> {
        unreachable!("no method is ever found")
    }

    fn on_connected(
        &self,
        _: Arc<dyn ConnectionScope>,
    ) -> Pin<Box<dyn Future<Output = Result<(), HubError>> + Send>> {
        Box::pin(ready(Ok(())))
    }

    fn on_authentication_refreshed(
        &self,
        _: Arc<dyn ConnectionScope>,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(ready(()))
    }

    fn on_disconnected(
        &self,
        _: Arc<dyn ConnectionScope>,
        _: DisconnectReason,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(ready(()))
    }
}

pub(crate) fn hub() -> Arc<HubState> {
    let clock = Arc::new(CoarseClock::new());
    HubState::new(
        "Test",
        Box::new(NoMethods),
        HubOptions::default(),
        Protocols::ALL,
        clock,
        Arc::default(),
        None,
    )
}

/// The only connection of a hub of its own.
#[cfg(test)]
pub(crate) fn connection(outgoing: Outgoing) -> Arc<Connection> {
    member(&hub(), 1, outgoing)
}

/// The same, of a client that may come back.
#[cfg(test)]
pub(crate) fn resumable(outgoing: Outgoing) -> Arc<Connection> {
    opened(&hub(), 1, outgoing, true)
}

pub(crate) fn member(hub: &Arc<HubState>, number: u64, outgoing: Outgoing) -> Arc<Connection> {
    opened(hub, number, outgoing, false)
}

fn opened(
    hub: &Arc<HubState>,
    number: u64,
    outgoing: Outgoing,
    stateful_reconnect: bool,
) -> Arc<Connection> {
    let (http, ()) = http::Request::new(()).into_parts();
    let opening = Opening {
        id: number.to_string().into(),
        id_is_token: false,
        number,
        ticket: None,
        head: Head::new(http),
        transport: TransportType::WebSockets,
        outgoing,
        stateful_reconnect,
    };
    Connection::new(hub, opening)
}

/// A socket whose peer reads everything at once. It counts bytes, and keeps none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sink(Arc<AtomicUsize>);

impl Sink {
    /// The bytes written so far.
    #[cfg(feature = "__bench")]
    pub(crate) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    pub(crate) fn outgoing(&self) -> Outgoing {
        Outgoing::new(Box::new(self.clone()), Framing::WebSocket(None), usize::MAX)
    }
}

impl Transport for Sink {
    fn poll_write(&self, _: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Poll::Ready(self.try_write(bytes))
    }

    fn try_write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        let length = bytes.iter().map(|piece| piece.len()).sum();
        self.0.fetch_add(length, Ordering::Relaxed);
        Ok(length)
    }

    fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
