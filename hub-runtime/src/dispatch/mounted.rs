use super::names::Names;
use hub_core::HubError;
use hub_core::call::{BindError, Call, CallNumber};
use hub_core::context::{ConnectionScope, Context, DisconnectReason};
use hub_core::contract::{CallFuture, HubMethodDescription, Serve};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

/// The number under which life-cycle events run; calls count from one.
const LIFE_CYCLE: CallNumber = CallNumber(0);

/// A user's hub with its type erased: everything behind it compiles once.
pub(crate) trait Hub: Send + Sync + 'static {
    /// How many methods there are.
    fn methods(&self) -> usize;

    /// The method that a client calls by `target`, by its index.
    fn find(&self, target: &str) -> Option<(usize, &'static HubMethodDescription)>;

    /// Decodes the arguments, and makes the method's future without polling it.
    fn call(&self, method: usize, call: Call<'_>) -> Result<CallFuture, BindError>;

    fn on_connected(
        &self,
        scope: Arc<dyn ConnectionScope>,
    ) -> Pin<Box<dyn Future<Output = Result<(), HubError>> + Send>>;

    fn on_authentication_refreshed(
        &self,
        scope: Arc<dyn ConnectionScope>,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>>;

    fn on_disconnected(
        &self,
        scope: Arc<dyn ConnectionScope>,
        reason: DisconnectReason,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>>;
}

/// A `T` that serves the contract `H`.
pub(crate) struct Mounted<T, H: ?Sized> {
    hub: Arc<T>,
    names: Names,
    contract: PhantomData<fn(&H)>,
}

impl<T: 'static, H: Serve<T> + ?Sized> Mounted<T, H> {
    pub(crate) fn new(hub: T) -> Self {
        let names = Names::new(
            H::METHODS
                .iter()
                .map(|method| method.description().wire_name),
        );
        Self {
            hub: Arc::new(hub),
            names,
            contract: PhantomData,
        }
    }
}

impl<T: Send + Sync + 'static, H: Serve<T> + ?Sized> Hub for Mounted<T, H> {
    fn methods(&self) -> usize {
        H::METHODS.len()
    }

    fn find(&self, target: &str) -> Option<(usize, &'static HubMethodDescription)> {
        let method = self.names.find(target)?;
        Some((method, H::METHODS[method].description()))
    }

    fn call(&self, method: usize, call: Call<'_>) -> Result<CallFuture, BindError> {
        H::METHODS[method].call(&self.hub, call)
    }

    fn on_connected(
        &self,
        scope: Arc<dyn ConnectionScope>,
    ) -> Pin<Box<dyn Future<Output = Result<(), HubError>> + Send>> {
        let hub = Arc::clone(&self.hub);
        Box::pin(async move { H::on_connected(&hub, &Context::new(scope, LIFE_CYCLE)).await })
    }

    fn on_authentication_refreshed(
        &self,
        scope: Arc<dyn ConnectionScope>,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let hub = Arc::clone(&self.hub);
        Box::pin(async move {
            H::on_authentication_refreshed(&hub, &Context::new(scope, LIFE_CYCLE)).await;
        })
    }

    fn on_disconnected(
        &self,
        scope: Arc<dyn ConnectionScope>,
        reason: DisconnectReason,
    ) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        let hub = Arc::clone(&self.hub);
        Box::pin(
            async move { H::on_disconnected(&hub, &Context::new(scope, LIFE_CYCLE), reason).await },
        )
    }
}
