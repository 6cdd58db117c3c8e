//! Filters inside each other, with the hub in the middle.

use super::caught::{caught, filter_panicked};
use super::erased::ErasedFilter;
use super::filter::AnyHub;
use super::invocation::HubInvocation;
use super::method;
use super::result::MethodResult;
use crate::driver::{Connection, panicked};
use hub_core::call::CallNumber;
use hub_core::context::{CloseMessage, ConnectionScope};
use hub_core::{Context, DisconnectReason, HubError};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

type Filters<'a> = &'a [Arc<dyn ErasedFilter>];

/// The number under which life-cycle events run; calls count from one.
const LIFE_CYCLE: CallNumber = CallNumber(0);

/// What is around a call's method further in: the other filters, and the method itself.
#[must_use = "the method does not run without it"]
pub struct Next<'a> {
    filters: Filters<'a>,
}

impl<'a> Next<'a> {
    pub(super) fn new(filters: Filters<'a>) -> Self {
        Self { filters }
    }

    /// Runs the call, with the arguments as they are now. For a stream it ends with the stream.
    ///
    /// Dropping the future drops the method where it waits.
    pub async fn run(self, call: &mut HubInvocation) -> Result<MethodResult, HubError> {
        let Some((filter, filters)) = self.filters.split_first() else {
            return method::run(call).await;
        };
        let next = Self { filters };
        let begin = || filter.invoke_method(call, next);
        caught(begin, |panic| filter_panicked(filter.name(), panic)).await
    }
}

/// What is around a hub's `on_connected` further in.
#[must_use = "the hub does not hear of the connection without it"]
pub struct NextConnected<'a> {
    connection: &'a Arc<Connection>,
    filters: Filters<'a>,
    /// Whether what is further in has let the connection in.
    let_in: &'a AtomicBool,
}

impl NextConnected<'_> {
    /// Lets the filters further in, and the hub's `on_connected`, say whether the connection may be.
    pub async fn run(self, cx: &Context<AnyHub>) -> Result<(), HubError> {
        enter(self.connection, self.filters, cx).await?;
        self.let_in.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Runs the outermost of `filters` around the others.
async fn enter(
    connection: &Arc<Connection>,
    filters: Filters<'_>,
    cx: &Context<AnyHub>,
) -> Result<(), HubError> {
    let Some((filter, filters)) = filters.split_first() else {
        let scope = Arc::clone(connection) as Arc<dyn ConnectionScope>;
        let begin = || connection.hub().hub().on_connected(scope);
        return caught(begin, |panic| panicked("OnConnectedAsync", panic)).await;
    };
    let let_in = AtomicBool::new(false);
    let next = NextConnected {
        connection,
        filters,
        let_in: &let_in,
    };
    let begin = || filter.on_connected(cx, next);
    let result = caught(begin, |panic| filter_panicked(filter.name(), panic)).await;
    if result.is_err() && let_in.load(Ordering::Relaxed) {
        // The others have taken it for open, and have to clear away.
        let reason = DisconnectReason::Aborted(CloseMessage::new());
        leave(connection, filters, cx, &reason).await;
    }
    result
}

/// What is around a hub's `on_disconnected` further in.
#[must_use = "the hub hears of the end only after the filter without it"]
pub struct NextDisconnected<'a> {
    connection: &'a Arc<Connection>,
    filters: Filters<'a>,
    told: &'a AtomicBool,
}

impl NextDisconnected<'_> {
    /// Tells the filters further in, and the hub.
    pub async fn run(self, cx: &Context<AnyHub>, reason: &DisconnectReason) {
        self.told.store(true, Ordering::Relaxed);
        leave(self.connection, self.filters, cx, reason).await;
    }
}

async fn leave(
    connection: &Arc<Connection>,
    mut filters: Filters<'_>,
    cx: &Context<AnyHub>,
    reason: &DisconnectReason,
) {
    while let Some((filter, further_in)) = filters.split_first() {
        filters = further_in;
        let told = AtomicBool::new(false);
        let next = NextDisconnected {
            connection,
            filters,
            told: &told,
        };
        let begin = || async {
            filter.on_disconnected(cx, reason, next).await;
            Ok(())
        };
        // A panic is logged, and there is nobody else to tell.
        let _ = caught(begin, |panic| filter_panicked(filter.name(), panic)).await;
        if told.load(Ordering::Relaxed) {
            return;
        }
    }
    let scope = Arc::clone(connection) as Arc<dyn ConnectionScope>;
    let told = connection
        .hub()
        .hub()
        .on_disconnected(scope, reason.clone());
    let begin = || async {
        told.await;
        Ok(())
    };
    let _ = caught(begin, |panic| panicked("OnDisconnectedAsync", panic)).await;
}

/// Runs a hub's `on_connected` with the filters around it.
pub(crate) async fn connected(connection: Arc<Connection>) -> Result<(), HubError> {
    let cx = context(&connection);
    enter(&connection, connection.hub().filters(), &cx).await
}

/// Runs a hub's `on_disconnected` with the filters around it.
pub(crate) async fn disconnected(connection: Arc<Connection>, reason: DisconnectReason) {
    let cx = context(&connection);
    leave(&connection, connection.hub().filters(), &cx, &reason).await;
}

fn context(connection: &Arc<Connection>) -> Context<AnyHub> {
    let scope = Arc::clone(connection) as Arc<dyn ConnectionScope>;
    Context::new(scope, LIFE_CYCLE)
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Next")
    }
}

impl fmt::Debug for NextConnected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NextConnected")
    }
}

impl fmt::Debug for NextDisconnected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NextDisconnected")
    }
}
