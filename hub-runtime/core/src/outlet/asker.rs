use crate::call::CallNumber;
use crate::context::ConnectionScope;
use crate::error::ClientResultError;
use std::sync::Arc;

/// A call of a connection, as one that may ask clients for results.
#[derive(Clone)]
pub(crate) struct Asker {
    scope: Arc<dyn ConnectionScope>,
    call: CallNumber,
}

impl Asker {
    pub(crate) fn new(scope: Arc<dyn ConnectionScope>, call: CallNumber) -> Self {
        Self { scope, call }
    }

    pub(crate) fn scope(&self) -> &dyn ConnectionScope {
        &*self.scope
    }

    pub(crate) fn call(&self) -> CallNumber {
        self.call
    }

    /// Says that the call is about to wait for a client.
    pub(super) fn ask(&self) -> Result<(), ClientResultError> {
        self.scope.ask(self.call)
    }
}
