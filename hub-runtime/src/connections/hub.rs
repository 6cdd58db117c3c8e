//! The connections of a hub.

use super::application::{Application, ConnectionTask};
use super::head::Head;
use super::opening::NewConnection;
use crate::driver::{self, Connection, Framing, Link, Opening, Outgoing};
use crate::server::clock::CoarseClock;
use crate::server::drain::DrainGuard;
use crate::server::state::HubState;
use hub_core::DisconnectReason;
use std::pin::pin;
use std::sync::Arc;
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

    fn disconnect_timeout(&self) -> Duration {
        self.options().disconnect_timeout
    }

    fn allows_stateful_reconnects(&self) -> bool {
        self.options().allow_stateful_reconnects
    }

    fn run(self: Arc<Self>, new: NewConnection, link: Link) -> ConnectionTask {
        let framing = Framing::of(new.transport);
        let limit = self.options().maximum_pending_bytes;
        let opening = Opening {
            id: new.id,
            number: new.number,
            user: new.user,
            head: Head::new(new.http),
            transport: new.transport,
            outgoing: Outgoing::new(link.output, framing, limit),
            stateful_reconnect: new.way_back.is_some(),
        };
        let connection = Connection::new(&self, opening);
        if let Some(way_back) = &new.way_back {
            way_back.lead_to(&connection);
        }
        let driver = driver::run(Arc::clone(&connection), link.input, new.lease);
        Box::pin(until_shutdown(connection, driver, new.guard))
    }
}

/// Ends with the connection, or has it end when the server shuts down.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::testing::{self, Sink};

    /// The driver is in a box of its own, so that this is what comes on top of it.
    #[test]
    fn the_wait_for_a_shutdown_is_small() {
        let connection = testing::connection(Sink::default().outgoing());
        let input = Box::new(tokio::io::empty());
        let driver = driver::run(Arc::clone(&connection), input, Box::new(()));
        let task = until_shutdown(connection, driver, None);
        let size = size_of_val(&task);
        assert!(size <= 448, "the task's future has {size} bytes");
    }
}
