//! What a hub method knows of its call and its connection.

mod close;
mod disconnect;
mod items;
mod user;

pub use close::CloseMessage;
pub use disconnect::DisconnectReason;
pub use items::{Items, ItemsGuard};
pub use user::User;

use crate::call::CallNumber;
use crate::clients::{CallerGroups, HubCallerClients, HubContext};
use crate::contract::HubContract;
use crate::error::ClientResultError;
use crate::hub_contexts::{HubContexts, HubNotMounted};
use crate::negotiate::TransportType;
use crate::outlet::{Asker, Port};
use crate::protocol::{Batch, Encoded};
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

/// A future that ends when something stops being wanted: a connection, or a call.
///
/// Given out by [`Context::aborted`] and [`Context::cancelled`]. It owns what it needs, so it can
/// be given to another task.
pub type Stopped = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The caller of a hub method and the means to answer it (SignalR's `HubCallerContext`).
///
/// Written as the first parameter of a method of a `#[hub]` trait, by reference, where a method
/// needs it: `cx: &Context<dyn ChatHub>`. What is to outlive the call takes [`Context::hub`] along.
pub struct Context<H: ?Sized> {
    caller: Asker,
    /// Who the user was when the call began, where that is not who the connection began with.
    user: Option<Arc<User>>,
    hub: PhantomData<fn(&H)>,
}

impl<H: ?Sized> Context<H> {
    /// A context for one call; the runtime makes them.
    #[doc(hidden)]
    pub fn new(scope: Arc<dyn ConnectionScope>, call: CallNumber) -> Self {
        let user = scope.refreshed_user();
        Self {
            caller: Asker::new(scope, call),
            user,
            hub: PhantomData,
        }
    }

    pub(crate) fn scope(&self) -> &dyn ConnectionScope {
        self.caller.scope()
    }

    /// The public id of the calling connection; new for each connection.
    pub fn connection_id(&self) -> &str {
        self.scope().connection_id()
    }

    /// Who the connection belongs to, as the server's `identify` or `authenticate` found with its
    /// first request; `None` where they found nobody, or were not given.
    ///
    /// Where authentication may be refreshed, it is the user as of the beginning of the call: one that
    /// runs meanwhile sees no other under its hands, and the next one the new roles and claims. The
    /// id never changes.
    pub fn user(&self) -> Option<&User> {
        self.user.as_deref().or_else(|| self.scope().user())
    }

    /// The id by which `clients().user(…)` reaches this connection; `None` without a user.
    pub fn user_id(&self) -> Option<&str> {
        self.user().map(User::id)
    }

    /// Values kept for the life of the connection, one of each type.
    pub fn items(&self) -> &Items {
        self.scope().items()
    }

    /// Ends when the connection does, at once if it has: for work that is of use to nobody else.
    /// The call itself may go on for the hub's grace period, 3 s by default.
    pub fn aborted(&self) -> Stopped {
        self.scope().aborted()
    }

    /// Whether the connection has ended.
    pub fn is_aborted(&self) -> bool {
        self.scope().is_aborted()
    }

    /// Ends when the client cancels this call, or when the connection ends. A call that is
    /// cancelled is not dropped: it has to listen.
    pub fn cancelled(&self) -> Stopped {
        self.scope().cancelled(self.caller.call())
    }

    /// Closes the connection and tells the client not to come back. The call goes on, for the
    /// hub's grace period at most, and has no answer.
    pub fn abort(&self) {
        self.close(CloseMessage::new());
    }

    /// Closes the connection as [`abort`](Self::abort) does, and tells the client more: why, or
    /// that it may come back.
    pub fn close(&self, message: impl Into<CloseMessage>) {
        self.scope().close(message.into());
    }

    /// Switches stateful reconnect off for this connection (SignalR's
    /// `IStatefulReconnectFeature.DisableReconnect`): it ends with its transport, as every
    /// connection does without the feature. No effect where stateful reconnect is off anyway.
    pub fn disable_stateful_reconnect(&self) {
        self.scope().disable_stateful_reconnect();
    }

    /// The request that opened the connection: headers, query, extensions.
    pub fn http(&self) -> &http::request::Parts {
        self.scope().http()
    }

    /// How the connection is carried.
    pub fn transport(&self) -> TransportType {
        self.scope().transport()
    }

    /// Adds this connection to groups, and removes it.
    pub fn groups(&self) -> CallerGroups<'_> {
        CallerGroups::new(self.scope().port(), self.scope().connection_id())
    }

    /// Another hub of the same server, for calling its clients.
    pub fn another_hub<Other: HubContract + ?Sized>(
        &self,
    ) -> Result<HubContext<Other>, HubNotMounted> {
        match self.scope().hubs() {
            Some(hubs) => hubs.get(),
            None => Err(HubNotMounted::new::<Other>()),
        }
    }
}

impl<H: HubContract + ?Sized> Context<H> {
    /// Whom to call: everyone, the caller, groups, users …
    pub fn clients(&self) -> HubCallerClients<'_, H> {
        HubCallerClients::new(&self.caller)
    }

    /// The hub as seen from outside: outlives the call, and may be given to other tasks.
    pub fn hub(&self) -> HubContext<H> {
        HubContext::new(Arc::clone(self.scope().port()))
    }
}

impl<H: ?Sized> fmt::Debug for Context<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("connection_id", &self.connection_id())
            .field("call", &self.caller.call())
            .finish_non_exhaustive()
    }
}

/// A connection as its calls see it; implemented by the runtime.
pub trait ConnectionScope: Send + Sync + 'static {
    /// See [`Context::connection_id`].
    fn connection_id(&self) -> &str;
    /// Who it began with.
    fn user(&self) -> Option<&User>;
    /// Who that has become, if the authentication has been refreshed since.
    fn refreshed_user(&self) -> Option<Arc<User>> {
        None
    }
    /// See [`Context::items`].
    fn items(&self) -> &Items;
    /// See [`Context::http`].
    fn http(&self) -> &http::request::Parts;
    /// See [`Context::transport`].
    fn transport(&self) -> TransportType;
    /// See [`Context::aborted`].
    fn aborted(&self) -> Stopped;
    /// See [`Context::is_aborted`].
    fn is_aborted(&self) -> bool;
    /// See [`Context::cancelled`].
    fn cancelled(&self, call: CallNumber) -> Stopped;
    /// See [`Context::close`].
    fn close(&self, message: CloseMessage);
    /// See [`Context::disable_stateful_reconnect`].
    fn disable_stateful_reconnect(&self) {}
    /// The hub that the connection belongs to.
    fn port(&self) -> &Arc<dyn Port>;
    /// Ready with `true` when there is room for more outgoing messages, with `false` when the
    /// connection is gone.
    fn poll_room(&self, task: &mut std::task::Context<'_>) -> Poll<bool>;
    /// Queues a message for this connection, after everything its call has sent so far.
    fn send_to_caller(&self, message: Encoded);
    /// Lends what is about to leave to a stream of the caller's, which may then add items to it
    /// without asking the connection for each. It is [returned](Self::return_batch) before the poll
    /// of the stream ends. `None` where items have to be handed over one by one.
    fn lend_batch(&self) -> Option<Batch> {
        None
    }
    /// Whether the batch is wanted back, since something has happened to the connection: what was
    /// sent meanwhile stands behind it, and in front of further items. Asked before an item is
    /// added for good.
    fn wants_batch(&self) -> bool {
        true
    }
    /// Takes the batch back, with what has been added.
    fn return_batch(&self, batch: Batch) {
        drop(batch);
    }
    /// All hubs of the server, while it exists.
    fn hubs(&self) -> Option<HubContexts> {
        None
    }
    /// Told when a call is about to wait for a client's result. It gives its parallel slot up for
    /// good, since the client may have to call a method before it can answer; an error where no
    /// client may be asked (wire specification, section 14).
    fn ask(&self, call: CallNumber) -> Result<(), ClientResultError> {
        let _ = call;
        Ok(())
    }
}
