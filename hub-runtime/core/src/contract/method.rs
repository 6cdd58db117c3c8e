use super::HubMethodDescription;
use crate::call::{BindError, Call, Outcome};
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A running call. It owns everything it needs, and resolves to what the caller shall be told.
pub type CallFuture = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Decodes the arguments of a call and starts the user's method.
///
/// Decoding happens at once, straight from the received bytes; the future owns the values. It
/// has not been polled yet when the entry returns, so that a caller may queue it.
pub type Entry<T> = fn(hub: &Arc<T>, call: Call<'_>) -> Result<CallFuture, BindError>;

/// A row of the table that `#[hub]` writes: a method's description and the way into it.
pub struct Method<T> {
    description: &'static HubMethodDescription,
    entry: Entry<T>,
}

impl<T> Method<T> {
    /// Used by the macros, and by whoever builds a table by hand.
    pub const fn new(description: &'static HubMethodDescription, entry: Entry<T>) -> Self {
        Self { description, entry }
    }

    /// The method's names, kind and parameters.
    pub const fn description(&self) -> &'static HubMethodDescription {
        self.description
    }

    /// Decodes the arguments and starts the method.
    pub fn call(&self, hub: &Arc<T>, call: Call<'_>) -> Result<CallFuture, BindError> {
        (self.entry)(hub, call)
    }
}

impl<T> fmt::Debug for Method<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Method")
            .field(&self.description.wire_name)
            .finish()
    }
}
