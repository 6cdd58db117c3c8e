//! The way of a call on clients through the filters of its hub.

use super::erased::ErasedFilter;
use super::outgoing::OutgoingCall;
use hub_core::outlet::Target;
use hub_core::protocol::{Encoded, EncodedInvocation, Protocol};
use hub_core::{ClientResultError, SendError};
use std::sync::Arc;

type Filters<'a> = &'a [Arc<dyn ErasedFilter>];

/// What is left of a call that tells clients something; `None` if nobody is to get it.
pub(crate) fn told(
    hub: &'static str,
    filters: Filters<'_>,
    target: &Target,
    message: EncodedInvocation,
) -> Result<Option<EncodedInvocation>, SendError> {
    OutgoingCall::new(hub, target, false, message)
        .pass(filters)
        .map_err(|error| SendError::Filter(error.to_string()))
}

/// What is left of a call that asks a client.
pub(crate) fn asked(
    hub: &'static str,
    filters: Filters<'_>,
    target: &Target,
    (protocol, message): (Protocol, Encoded),
) -> Result<Encoded, ClientResultError> {
    let message = EncodedInvocation::single(protocol, message);
    let passed = OutgoingCall::new(hub, target, true, message)
        .pass(filters)
        .map_err(|error| ClientResultError::Filter(error.to_string()))?;
    let message = passed.and_then(|message| message.into_parts().next());
    let (_, message) =
        message.ok_or_else(|| ClientResultError::Filter("it was dropped".to_owned()))?;
    Ok(message)
}
