//! A hub without methods, and its connections, for unit tests.

use super::clock::CoarseClock;
use super::options::HubOptions;
use super::state::HubState;
use crate::connections::Head;
use crate::dispatch::Hub;
use crate::driver::{Connection, Opening, Outgoing};
use hub_core::HubError;
use hub_core::call::{BindError, Call};
use hub_core::context::{ConnectionScope, DisconnectReason};
use hub_core::contract::{CallFuture, HubMethodDescription};
use hub_core::negotiate::TransportType;
use hub_core::protocol::Protocols;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::Arc;

struct NoMethods;

impl Hub for NoMethods {
    fn find(&self, _: &str) -> Option<usize> {
        None
    }

    fn description(&self, _: usize) -> &'static HubMethodDescription {
        unreachable!("no method is ever found")
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
    )
}

pub(crate) fn connection(outgoing: Outgoing) -> Arc<Connection> {
    let (http, ()) = http::Request::new(()).into_parts();
    let opening = Opening {
        id: "c".into(),
        number: 1,
        user: None,
        head: Head::new(http),
        transport: TransportType::WebSockets,
        outgoing,
        stateful_reconnect: false,
    };
    Connection::new(&hub(), opening)
}
