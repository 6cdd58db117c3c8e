use super::chain::{Next, NextConnected, NextDisconnected};
use super::filter::{AnyHub, HubFilter};
use super::invocation::HubInvocation;
use super::outgoing::{OutgoingCall, Sending};
use super::result::MethodResult;
use super::stream_item::StreamItem;
use hub_core::contract::HubDescription;
use hub_core::{Context, DisconnectReason, HubError};
use std::future::Future;
use std::pin::Pin;

pub(super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A filter whose type has been hidden.
pub(crate) trait ErasedFilter: Send + Sync {
    /// The type's name, for logs.
    fn name(&self) -> &'static str;

    fn check(&self, hubs: &[HubDescription]) -> Result<(), String>;

    fn invoke_method<'a>(
        &'a self,
        call: &'a mut HubInvocation,
        next: Next<'a>,
    ) -> Boxed<'a, Result<MethodResult, HubError>>;

    fn on_connected<'a>(
        &'a self,
        cx: &'a Context<AnyHub>,
        next: NextConnected<'a>,
    ) -> Boxed<'a, Result<(), HubError>>;

    fn on_disconnected<'a>(
        &'a self,
        cx: &'a Context<AnyHub>,
        reason: &'a DisconnectReason,
        next: NextDisconnected<'a>,
    ) -> Boxed<'a, ()>;

    fn send(&self, call: &mut OutgoingCall<'_>) -> Result<Sending, HubError>;

    fn stream_item(&self, item: &mut StreamItem<'_>) -> Result<Sending, HubError>;
}

impl<F: HubFilter> ErasedFilter for F {
    fn name(&self) -> &'static str {
        std::any::type_name::<F>()
    }

    fn check(&self, hubs: &[HubDescription]) -> Result<(), String> {
        HubFilter::check(self, hubs)
    }

    fn invoke_method<'a>(
        &'a self,
        call: &'a mut HubInvocation,
        next: Next<'a>,
    ) -> Boxed<'a, Result<MethodResult, HubError>> {
        Box::pin(HubFilter::invoke_method(self, call, next))
    }

    fn on_connected<'a>(
        &'a self,
        cx: &'a Context<AnyHub>,
        next: NextConnected<'a>,
    ) -> Boxed<'a, Result<(), HubError>> {
        Box::pin(HubFilter::on_connected(self, cx, next))
    }

    fn on_disconnected<'a>(
        &'a self,
        cx: &'a Context<AnyHub>,
        reason: &'a DisconnectReason,
        next: NextDisconnected<'a>,
    ) -> Boxed<'a, ()> {
        Box::pin(HubFilter::on_disconnected(self, cx, reason, next))
    }

    fn send(&self, call: &mut OutgoingCall<'_>) -> Result<Sending, HubError> {
        HubFilter::send(self, call)
    }

    fn stream_item(&self, item: &mut StreamItem<'_>) -> Result<Sending, HubError> {
        HubFilter::stream_item(self, item)
    }
}
