//! What is in the middle of all filters: the method.

use super::caught::caught;
use super::invocation::HubInvocation;
use super::refusal::{Refusal, RefusalReason};
use super::result::MethodResult;
use super::watched::Watched;
use crate::dispatch::error_text;
use crate::driver::panicked;
use crate::identity::Guard;
use hub_core::HubError;
use hub_core::call::{Call, Outcome};
use hub_core::context::ConnectionScope;
use hub_core::contract::{CallFuture, HubMethodDescription};
use std::sync::Arc;

/// Decodes the arguments as filters have left them, lets policies judge, and runs the method.
pub(super) async fn run(call: &mut HubInvocation) -> Result<MethodResult, HubError> {
    if let Some(refusal) = call.refusal() {
        return Err(refusal.clone().into());
    }
    let target = call.spelling();
    let outcome = caught(|| begin(call), |panic| panicked(&target, panic)).await?;
    let (protocol, id) = (call.protocol(), call.answer_id());
    let progress = call.progress.as_deref();
    match (outcome, progress) {
        (Outcome::Failed(error), _) | (Outcome::StreamFailed(error), None) => Err(error),
        (Outcome::StreamFailed(error), Some(progress)) => {
            progress.fail();
            Err(error)
        }
        (_, Some(progress)) => match progress.take_failure() {
            Some(error) => Err(error),
            None => Ok(MethodResult::stream(protocol, id, progress.items())),
        },
        (Outcome::Completion(message), None) => Ok(MethodResult::value(protocol, id, message)),
        // A method without a stream always has a completion, or has failed.
        (_, None) => call.answer(&()),
    }
}

/// The call without filters: what `Work::bind` does for hubs that have none.
async fn begin(call: &mut HubInvocation) -> Result<Outcome, HubError> {
    let future = bind(call)?;
    // The method has them now.
    call.uploads.0.clear();
    if let Some(guard) = guard(call)
        && !guard.allows().await
    {
        let text = error_text::unauthorized(call.target());
        return Err(Refusal::new(RefusalReason::Unauthorized, text).into());
    }
    Ok(future.await)
}

fn bind(call: &HubInvocation) -> Result<CallFuture, HubError> {
    let hub = call.connection.hub();
    let Some(method) = call.method else {
        let text = error_text::unknown_method(call.target());
        return Err(Refusal::new(RefusalReason::UnknownMethod, text).into());
    };
    // Written also where nobody waits for it, so that filters can read it.
    let id = call.answer_id();
    let scope = || scope(call, method.description);
    let bound = Call::new(
        &scope,
        call.number,
        call.arguments.as_arguments(),
        Some(&id),
        call.uploads.0.clone(),
    );
    hub.hub().call(method.index, bound).map_err(|error| {
        let detailed = hub.options().enable_detailed_errors;
        let text = error_text::binding(call.target(), &error, detailed);
        Refusal::new(RefusalReason::WrongArguments, text).into()
    })
}

fn scope(call: &HubInvocation, method: &'static HubMethodDescription) -> Arc<dyn ConnectionScope> {
    match &call.progress {
        Some(progress) => Arc::new(Watched::new(call, method, Arc::clone(progress))),
        None => Arc::clone(&call.connection) as Arc<_>,
    }
}

/// What has to judge besides the caller's roles, which are judged already.
fn guard(call: &HubInvocation) -> Option<Guard> {
    let method = call.description()?;
    let ticket = call.connection.ticket()?;
    Guard::new(
        ticket,
        &call.connection,
        method,
        call.arguments.as_arguments(),
    )
}
