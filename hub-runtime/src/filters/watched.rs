use crate::driver::Connection;
use hub_core::call::CallNumber;
use hub_core::context::{CloseMessage, ConnectionScope, Items, Stopped};
use hub_core::hub_contexts::HubContexts;
use hub_core::negotiate::TransportType;
use hub_core::outlet::Port;
use hub_core::protocol::Encoded;
use hub_core::{ClientResultError, User};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};

/// How far a stream has come.
#[derive(Debug, Default)]
pub(super) struct Progress {
    items: AtomicU64,
    failed: AtomicBool,
}

impl Progress {
    /// How many items have been sent.
    pub(super) fn items(&self) -> u64 {
        self.items.load(Ordering::Relaxed)
    }

    /// Whether the caller has seen of the stream, or of its failure.
    pub(super) fn has_begun(&self) -> bool {
        self.items() > 0 || self.failed.load(Ordering::Relaxed)
    }

    pub(super) fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }
}

/// A connection as a streaming method sees it, whose items are counted.
pub(super) struct Watched {
    connection: Arc<Connection>,
    progress: Arc<Progress>,
}

impl Watched {
    pub(super) fn new(connection: Arc<Connection>, progress: Arc<Progress>) -> Self {
        Self {
            connection,
            progress,
        }
    }
}

impl ConnectionScope for Watched {
    fn send_to_caller(&self, message: Encoded) {
        self.progress.items.fetch_add(1, Ordering::Relaxed);
        self.connection.send_to_caller(message);
    }

    fn connection_id(&self) -> &str {
        self.connection.connection_id()
    }

    fn user(&self) -> Option<&User> {
        self.connection.user()
    }

    fn items(&self) -> &Items {
        self.connection.items()
    }

    fn http(&self) -> &http::request::Parts {
        self.connection.http()
    }

    fn transport(&self) -> TransportType {
        self.connection.transport()
    }

    fn aborted(&self) -> Stopped {
        self.connection.aborted()
    }

    fn is_aborted(&self) -> bool {
        self.connection.is_aborted()
    }

    fn cancelled(&self, call: CallNumber) -> Stopped {
        self.connection.cancelled(call)
    }

    fn close(&self, message: CloseMessage) {
        self.connection.close(message);
    }

    fn disable_stateful_reconnect(&self) {
        self.connection.disable_stateful_reconnect();
    }

    fn port(&self) -> &Arc<dyn Port> {
        self.connection.port()
    }

    fn poll_room(&self, task: &mut Context<'_>) -> Poll<bool> {
        self.connection.poll_room(task)
    }

    fn hubs(&self) -> Option<HubContexts> {
        self.connection.hubs()
    }

    fn ask(&self, call: CallNumber) -> Result<(), ClientResultError> {
        self.connection.ask(call)
    }
}
