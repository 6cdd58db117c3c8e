//! From a received call to a future: the checks, the arguments, the filters.

use super::work::Work;
use super::{calls, uploads};
use crate::dispatch::error_text;
use crate::filters::{self, Received, Refusal, RefusalReason};
use crate::identity::{Guard, has_roles};
use crate::telemetry::targets;
use hub_core::call::{Call, CallNumber, Outcome};
use hub_core::context::ConnectionScope;
use hub_core::contract::{CallFuture, HubMethodDescription, MethodKind};
use hub_core::protocol::{Encoded, Invocation};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Whether a call that is right takes one of the parallel slots (wire specification, section 12.3).
fn takes_slot(invocation: &Invocation<'_>) -> bool {
    !invocation.streaming && invocation.stream_ids.is_empty()
}

impl Work {
    /// Finds the method and decodes its arguments, in the reference's order of checks (wire
    /// specification, section 12.2), but for authorization.
    pub(super) fn bind(
        &mut self,
        number: CallNumber,
        invocation: &Invocation<'_>,
        invocation_id: Option<&str>,
    ) -> Result<(bool, CallFuture), String> {
        let connection = &self.connection;
        let (hub, options) = (connection.hub().hub(), connection.hub().options());
        let target = &*invocation.target;
        let (method, description) = hub
            .find(target)
            .ok_or_else(|| error_text::unknown_method(target))?;
        self.check(description, invocation, invocation_id)
            .map_err(Refusal::into_text)?;
        let guard = if description.authorize.is_empty() {
            None
        } else {
            self.guard(description, invocation)
        };
        let capacity = options.stream_buffer_capacity;
        let (senders, uploads) = uploads::queues(invocation.stream_ids.len(), capacity);
        let scope = || Arc::clone(connection) as Arc<dyn ConnectionScope>;
        let arguments = invocation.arguments;
        let call = Call::new(&scope, number, arguments, invocation_id, uploads);
        let detailed = options.enable_detailed_errors;
        // Decoding runs the user's code too, where types read themselves.
        let future = catch_unwind(AssertUnwindSafe(|| hub.call(method, call)))
            .map_err(|panic| {
                error_text::invocation(target, &calls::panicked(target, &*panic), detailed)
            })?
            .map_err(|error| error_text::binding(target, &error, detailed))?;
        let takes_slot = takes_slot(invocation);
        self.uploads.keep(&invocation.stream_ids, senders);
        let future = match guard {
            None => future,
            Some(guard) => {
                let refusal = error_text::unauthorized(target);
                guard.before(future, self.error(invocation_id, &refusal))
            }
        };
        Ok((takes_slot, future))
    }

    /// What can be said of a call of a method before its arguments are looked at.
    #[inline]
    fn check(
        &self,
        method: &HubMethodDescription,
        invocation: &Invocation<'_>,
        invocation_id: Option<&str>,
    ) -> Result<(), Refusal> {
        match self.objection(method, invocation, invocation_id) {
            None => Ok(()),
            Some(reason) => Err(self.refuse(reason, method, invocation)),
        }
    }

    /// Roles are judged before the user's code sees an argument, policies when the call has its turn.
    #[inline]
    fn objection(
        &self,
        method: &HubMethodDescription,
        invocation: &Invocation<'_>,
        invocation_id: Option<&str>,
    ) -> Option<RefusalReason> {
        let streams = method.kind == MethodKind::Stream;
        if !method.authorize.is_empty() && !self.has_roles(method) {
            Some(RefusalReason::Unauthorized)
        } else if streams != invocation.streaming {
            Some(RefusalReason::WrongKind)
        } else if streams && invocation_id.is_some_and(|id| self.calls.is_in_use(id)) {
            Some(RefusalReason::IdInUse)
        } else if invocation.stream_ids.len() != method.uploads() {
            Some(RefusalReason::WrongStreamCount)
        } else {
            None
        }
    }

    /// Says what there is to object.
    #[cold]
    fn refuse(
        &self,
        reason: RefusalReason,
        method: &HubMethodDescription,
        invocation: &Invocation<'_>,
    ) -> Refusal {
        let target = &*invocation.target;
        let text = match reason {
            RefusalReason::WrongKind => {
                error_text::wrong_kind(target, method.kind == MethodKind::Stream)
            }
            RefusalReason::IdInUse => {
                error_text::id_in_use(invocation.invocation_id.as_deref().unwrap_or_default())
            }
            RefusalReason::WrongStreamCount => {
                let error = error_text::stream_count(invocation.stream_ids.len(), method.uploads());
                let detailed = self.connection.hub().options().enable_detailed_errors;
                error_text::invocation(target, &error, detailed)
            }
            _ => error_text::unauthorized(target),
        };
        Refusal::new(reason, text)
    }

    #[inline(never)]
    fn has_roles(&self, method: &HubMethodDescription) -> bool {
        let ticket = self.connection.ticket();
        ticket.is_some_and(|it| it.with_user(|user| has_roles(user, method.authorize)))
    }

    /// What is left to judge of a protected method's caller when the call has its turn, if anything
    /// is.
    #[inline(never)]
    fn guard(
        &self,
        method: &'static HubMethodDescription,
        invocation: &Invocation<'_>,
    ) -> Option<Guard> {
        let (connection, arguments) = (&self.connection, invocation.arguments);
        Guard::new(connection.ticket()?, connection, method, arguments)
    }

    /// A call with the hub's filters around it, which decodes its arguments when they let it.
    pub(super) fn filter(
        &mut self,
        number: CallNumber,
        invocation: &Invocation<'_>,
        invocation_id: Option<&str>,
    ) -> (bool, CallFuture) {
        let hub = self.connection.hub().hub();
        let target = &*invocation.target;
        let method = hub.find(target);
        let method = method.map(|(index, description)| filters::Method { index, description });
        let refusal = match &method {
            None => Some(Refusal::new(
                RefusalReason::UnknownMethod,
                error_text::unknown_method(target),
            )),
            Some(method) => self
                .check(method.description, invocation, invocation_id)
                .err(),
        };
        let (mut uploads, takes_slot) = (Vec::new(), refusal.is_some() || takes_slot(invocation));
        if refusal.is_none() {
            let capacity = self.connection.hub().options().stream_buffer_capacity;
            let (senders, queues) = uploads::queues(invocation.stream_ids.len(), capacity);
            self.uploads.keep(&invocation.stream_ids, senders);
            uploads = queues;
        }
        let received = Received {
            connection: &self.connection,
            number,
            invocation,
            method,
            refusal,
            uploads,
        };
        (takes_slot, received.into_future())
    }

    /// A call that only says why it failed.
    pub(super) fn refusal(&self, invocation_id: Option<&str>, text: &str) -> CallFuture {
        let who = self.connection.who();
        tracing::debug!(target: targets::DISPATCH, hub = who.hub, connection_id = %who.id, text, "a call was refused");
        Box::pin(std::future::ready(self.error(invocation_id, text)))
    }

    /// What a caller reads, if it waits for an answer.
    fn error(&self, invocation_id: Option<&str>, text: &str) -> Outcome {
        let caller = self.connection.protocol().zip(invocation_id);
        Outcome::Refused(caller.map(|(protocol, id)| Encoded::completion_error(protocol, id, text)))
    }
}
