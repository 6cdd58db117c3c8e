//! `/uncreatable`: a hub to which nobody can connect.

use hub_runtime::prelude::*;

/// The reference makes a hub for each call, which can fail. Here one hub serves all calls, so
/// the nearest thing is one that lets nobody in.
#[hub]
pub(crate) trait UncreatableHub {}

/// Lets nobody in.
#[derive(Debug, Default)]
pub(crate) struct Uncreatable;

impl UncreatableHub for Uncreatable {
    async fn on_connected(&self, _: &Context<dyn UncreatableHub>) -> Result<(), HubError> {
        Err(HubError::internal(
            "InvalidOperationException",
            "Unable to resolve service for type 'System.Object' while attempting to activate \
             'FunctionalTests.UncreatableHub'.",
        ))
    }
}
