use super::chain::{Next, NextConnected, NextDisconnected};
use super::invocation::HubInvocation;
use super::outgoing::{OutgoingCall, Sending};
use super::result::MethodResult;
use super::stream_item::StreamItem;
use hub_core::contract::HubDescription;
use hub_core::{Context, DisconnectReason, HubError};
use std::future::Future;
use std::sync::Arc;

/// Stands for a hub whose contract a filter does not know, as in `Context<AnyHub>`. No value of it
/// is ever made.
#[derive(Debug)]
pub enum AnyHub {}

/// Code around what a hub does (SignalR's `IHubFilter`).
///
/// Each method is given `next`, which is everything further in: other filters, and the hub itself at
/// last. Without a method of its own a filter lets everything pass.
///
/// ```
/// use hub_runtime::filters::{HubFilter, HubInvocation, MethodResult, Next};
/// use hub_runtime::{Hubs, prelude::*};
/// use std::time::Instant;
///
/// /// Says how long calls take.
/// struct Stopwatch;
///
/// impl HubFilter for Stopwatch {
///     async fn invoke_method(
///         &self,
///         call: &mut HubInvocation,
///         next: Next<'_>,
///     ) -> Result<MethodResult, HubError> {
///         let begun = Instant::now();
///         let result = next.run(call).await;
///         println!("{} took {:?}", call.target(), begun.elapsed());
///         result
///     }
/// }
/// # #[hub] pub trait ChatHub {}
/// # struct Chat;
/// # impl ChatHub for Chat {}
///
/// let hubs = Hubs::builder()
///     .filter(Stopwatch)
///     .hub::<dyn ChatHub>("/hubs/chat", Chat)
///     .build();
/// # assert!(hubs.is_ok());
/// ```
///
/// # Order
///
/// Filters of all hubs run outside those of one hub, and among each other in the order in which they
/// were added: the first one is the outermost.
///
/// # Panics
///
/// A panic is caught where it happens. It fails the one call, or refuses the one connection, and
/// filters further out see the failure.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no hub filter",
    label = "does not implement `HubFilter`",
    note = "write `impl HubFilter for {Self}`, with the methods that it is about"
)]
pub trait HubFilter: Send + Sync + 'static {
    /// Runs around each call of a client, when the call has its turn.
    ///
    /// That is every call: also of methods that do not exist, with arguments that do not fit, and by
    /// users who may not call the method. What is known to be wrong stands in
    /// [`HubInvocation::refusal`]; `next` does not run the method then, and gives the refusal for
    /// an error. Policies judge, and arguments are decoded, within `next`: both see what filters made
    /// of the arguments. So a filter that answers without `next` answers to everybody.
    ///
    /// (Only what is never begun is not seen: a stream beyond
    /// [`maximum_parallel_streams_per_client`](crate::HubOptions::maximum_parallel_streams_per_client),
    /// and a call that is cancelled, or whose connection ends, while it waits for its turn.)
    ///
    /// For a stream `next` ends with the stream, whose items have been sent by then.
    ///
    /// The future may be dropped while it waits: when a client cancels a stream, and when a
    /// connection has ended and its grace period is over.
    ///
    /// An error is told to the caller as one of the method itself would be: see [`HubError`].
    fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> impl Future<Output = Result<MethodResult, HubError>> + Send {
        next.run(call)
    }

    /// Runs around a hub's `on_connected`. An error refuses the connection; the client reads its text
    /// as it would one of the hub's.
    ///
    /// What is further in and had let the connection in is told of its end in that case, so that it
    /// can clear away.
    fn on_connected(
        &self,
        cx: &Context<AnyHub>,
        next: NextConnected<'_>,
    ) -> impl Future<Output = Result<(), HubError>> + Send {
        next.run(cx)
    }

    /// Runs around a hub's `on_disconnected`: once for each connection that was let in, after all its
    /// calls have ended. The hub hears of the end also where a filter fails, or forgets `next`.
    fn on_disconnected(
        &self,
        cx: &Context<AnyHub>,
        reason: &DisconnectReason,
        next: NextDisconnected<'_>,
    ) -> impl Future<Output = ()> + Send {
        next.run(cx, reason)
    }

    /// Sees each call on clients that the hub's proxies make, from within its methods and outside:
    /// may change its arguments, drop it, or fail it. There is no `next`, since nothing is waited for.
    ///
    /// What leaves passes the innermost filter first, so that the outermost sees what really goes out.
    /// It is seen once, however many clients get it, and before it is known whether there are any.
    /// Answers of methods are no sends, and items of streams are for
    /// [`stream_item`](Self::stream_item).
    ///
    /// It must be quick, and not block: it runs within whatever sends. An error, or a panic, keeps the
    /// call from being sent, and whoever awaits it gets
    /// [`SendError::Filter`](crate::SendError::Filter).
    fn send(&self, call: &mut OutgoingCall<'_>) -> Result<Sending, HubError> {
        let _ = call;
        Ok(Sending::Pass)
    }

    /// Sees each item of a method's stream before it is sent to the caller: may change it, drop it,
    /// or end the stream with an error. The innermost filter sees it first.
    ///
    /// It must be quick, and not block. How a stream begins and ends is seen by
    /// [`invoke_method`](Self::invoke_method).
    fn stream_item(&self, item: &mut StreamItem<'_>) -> Result<Sending, HubError> {
        let _ = item;
        Ok(Sending::Pass)
    }

    /// Asked once when the hubs are built, with all that the filter is around: whether it can do its
    /// work. An error is [`BuildError::Filter`](crate::BuildError::Filter), for mistakes of the
    /// program that would go unnoticed: a method that no hub has, a directory that is not there.
    fn check(&self, hubs: &[HubDescription]) -> Result<(), String> {
        let _ = hubs;
        Ok(())
    }
}

/// A filter that something else looks at too.
impl<F: HubFilter> HubFilter for Arc<F> {
    fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> impl Future<Output = Result<MethodResult, HubError>> + Send {
        (**self).invoke_method(call, next)
    }

    fn on_connected(
        &self,
        cx: &Context<AnyHub>,
        next: NextConnected<'_>,
    ) -> impl Future<Output = Result<(), HubError>> + Send {
        (**self).on_connected(cx, next)
    }

    fn on_disconnected(
        &self,
        cx: &Context<AnyHub>,
        reason: &DisconnectReason,
        next: NextDisconnected<'_>,
    ) -> impl Future<Output = ()> + Send {
        (**self).on_disconnected(cx, reason, next)
    }

    fn send(&self, call: &mut OutgoingCall<'_>) -> Result<Sending, HubError> {
        (**self).send(call)
    }

    fn stream_item(&self, item: &mut StreamItem<'_>) -> Result<Sending, HubError> {
        (**self).stream_item(item)
    }

    fn check(&self, hubs: &[HubDescription]) -> Result<(), String> {
        (**self).check(hubs)
    }
}
