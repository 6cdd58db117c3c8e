//! The connections of a hub.

use super::application::{Application, RefreshOptions};
use super::head::Head;
use super::opening::NewConnection;
use crate::driver::{self, Connection, Link, Opening, Outgoing};
use crate::server::clock::CoarseClock;
use crate::server::drain::DrainGuard;
use crate::server::limits::Admitted;
use crate::server::relay::ConnectionTask;
use crate::server::state::HubState;
use crate::telemetry::HubMetrics;
use hub_core::DisconnectReason;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

impl Application for HubState {
    fn name(&self) -> &str {
        self.name()
    }

    fn clock(&self) -> &CoarseClock {
        self.clock()
    }

    fn is_closed(&self) -> bool {
        self.live().is_closed()
    }

    fn metrics(&self) -> &HubMetrics {
        self.metrics()
    }

    fn disconnect_timeout(&self) -> Duration {
        self.options().disconnect_timeout
    }

    fn allows_stateful_reconnects(&self) -> bool {
        self.options().allow_stateful_reconnects
    }

    fn authentication_refresh(&self) -> Option<RefreshOptions> {
        let options = self.options();
        options
            .enable_authentication_refresh
            .then_some(RefreshOptions {
                maximum: options.maximum_authentication_expiration,
            })
    }

    fn refusal(&self, query: Option<&str>) -> Option<String> {
        self.contracts()?.refusal(query)
    }

    fn run(self: Arc<Self>, new: NewConnection, link: Link) -> ConnectionTask {
        let (limit, slow_client) = {
            let options = self.options();
            (options.maximum_pending_bytes, options.slow_client)
        };
        let opening = Opening {
            id: new.id,
            id_is_token: new.id_is_token,
            number: new.number,
            ticket: new.ticket,
            head: Head::new(new.http),
            transport: new.transport,
            outgoing: Outgoing::new(link.output, link.framing, limit).with_slow_client(slow_client),
            stateful_reconnect: new.way_back.is_some(),
        };
        let connection = Connection::new(&self, opening);
        if self.options().enable_authentication_refresh
            && let Some(ticket) = connection.ticket()
        {
            ticket.lead_to(&connection);
        }
        if let Some(way_back) = &new.way_back {
            way_back.lead_to(&connection);
        }
        Box::pin(Task {
            driver: driver::run(&connection, link.input, new.lease),
            connection,
            guard: new.guard,
            _admitted: new.admitted,
        })
    }
}

/// Runs a connection, and has it end when the server shuts down.
struct Task<D> {
    driver: D,
    connection: Arc<Connection>,
    /// Under a server that has a shutdown.
    guard: Option<DrainGuard>,
    /// Given back when everything has ended.
    _admitted: Admitted,
}

impl<D: Future<Output = ()> + Unpin> Future for Task<D> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        if let Some(guard) = &mut this.guard
            && guard.is_newly_signalled(task)
        {
            this.connection
                .request_close(DisconnectReason::ServerShutdown);
        }
        Pin::new(&mut this.driver).poll(task)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::limits::{Entrance, Limits, Visitor};
    use crate::server::testing::{self, Sink};

    #[test]
    fn the_wait_for_a_shutdown_is_small() {
        let connection = testing::connection(Sink::default().outgoing());
        let input = Box::new(tokio::io::empty());
        let entrance = Entrance::new(&Arc::<Limits>::default(), None);
        let admitted = entrance.admit(Visitor::default()).unwrap();
        let task = Task {
            driver: driver::run(&connection, input, Box::new(())),
            connection,
            guard: None,
            _admitted: admitted,
        };
        let size = size_of_val(&task);
        // Of which 8 are for a pointer to what inflates messages, where they may be compressed, and 24
        // for its place among the connections that there may be.
        assert!(size <= 616, "the task's future has {size} bytes");
    }
}
