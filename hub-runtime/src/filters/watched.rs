use super::caught::filter_panicked;
use super::filter::AnyHub;
use super::invocation::HubInvocation;
use super::outgoing::Sending;
use super::stream_item::StreamItem;
use crate::driver::Connection;
use hub_core::call::CallNumber;
use hub_core::context::{CloseMessage, ConnectionScope, Items, Stopped};
use hub_core::contract::HubMethodDescription;
use hub_core::hub_contexts::HubContexts;
use hub_core::negotiate::TransportType;
use hub_core::outlet::Port;
use hub_core::protocol::{Encoded, Protocol};
use hub_core::{ClientResultError, HubError, User};
use smol_str::SmolStr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// How far a stream has come.
#[derive(Debug, Default)]
pub(super) struct Progress {
    items: AtomicU64,
    failed: AtomicBool,
    /// Why a filter ends the stream.
    failure: Mutex<Option<HubError>>,
}

impl Progress {
    /// How many items have been sent.
    pub(super) fn items(&self) -> u64 {
        self.items.load(Ordering::Relaxed)
    }

    /// Whether the caller has seen of the stream, or of its failure.
    pub(super) fn has_begun(&self) -> bool {
        self.items() > 0 || self.has_failed()
    }

    /// Notes that the stream is to end with an error.
    pub(super) fn fail(&self) {
        self.failed.store(true, Ordering::Relaxed);
    }

    fn has_failed(&self) -> bool {
        self.failed.load(Ordering::Relaxed)
    }

    /// Why a filter has ended the stream, if one has.
    pub(super) fn take_failure(&self) -> Option<HubError> {
        self.lock().take()
    }

    fn fail_with(&self, error: HubError) {
        self.lock().get_or_insert(error);
        self.fail();
    }

    fn lock(&self) -> MutexGuard<'_, Option<HubError>> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection as a streaming method sees it: its items are counted, and shown to filters.
pub(super) struct Watched {
    connection: Arc<Connection>,
    progress: Arc<Progress>,
    cx: hub_core::Context<AnyHub>,
    invocation_id: SmolStr,
    method: &'static str,
    protocol: Protocol,
}

impl Watched {
    pub(super) fn new(
        call: &HubInvocation,
        method: &'static HubMethodDescription,
        progress: Arc<Progress>,
    ) -> Self {
        let connection = Arc::clone(&call.connection);
        Self {
            cx: hub_core::Context::new(Arc::clone(&connection) as Arc<_>, call.number),
            connection,
            progress,
            invocation_id: call.answer_id(),
            method: method.wire_name,
            protocol: call.protocol(),
        }
    }

    /// Shows an item to every filter, the innermost first. `None` if one of them drops it.
    fn pass(&self, message: Encoded) -> Result<Option<Encoded>, HubError> {
        let hub = self.connection.hub();
        let mut item = StreamItem {
            hub: hub.name(),
            method: self.method,
            cx: &self.cx,
            invocation_id: &self.invocation_id,
            protocol: self.protocol,
            message,
        };
        for filter in hub.filters().iter().rev() {
            let sending = catch_unwind(AssertUnwindSafe(|| filter.stream_item(&mut item)))
                .unwrap_or_else(|panic| Err(filter_panicked(filter.name(), &*panic)))?;
            if sending == Sending::Drop {
                return Ok(None);
            }
        }
        Ok(Some(item.message))
    }
}

impl ConnectionScope for Watched {
    fn send_to_caller(&self, message: Encoded) {
        match self.pass(message) {
            Ok(Some(message)) => {
                self.progress.items.fetch_add(1, Ordering::Relaxed);
                self.connection.send_to_caller(message);
            }
            Ok(None) => {}
            Err(error) => self.progress.fail_with(error),
        }
    }

    fn poll_room(&self, task: &mut Context<'_>) -> Poll<bool> {
        // As if the connection had ended: there is no use in further items.
        if self.progress.has_failed() {
            return Poll::Ready(false);
        }
        self.connection.poll_room(task)
    }

    fn connection_id(&self) -> &str {
        self.connection.connection_id()
    }

    fn user(&self) -> Option<&User> {
        self.connection.user()
    }

    fn refreshed_user(&self) -> Option<Arc<User>> {
        self.connection.refreshed_user()
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

    fn hubs(&self) -> Option<HubContexts> {
        self.connection.hubs()
    }

    fn ask(&self, call: CallNumber) -> Result<(), ClientResultError> {
        self.connection.ask(call)
    }
}
