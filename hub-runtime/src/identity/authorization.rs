//! Whether a call may begin.

use super::policy::{CallMade, PolicyContext};
use super::ticket::Ticket;
use crate::driver::Connection;
use crate::telemetry::targets;
use hub_core::User;
use hub_core::call::Outcome;
use hub_core::contract::{Authorize, CallFuture, HubMethodDescription};
use hub_core::protocol::Arguments;
use std::sync::Arc;

/// Whether a user has the roles that are required: one of each requirement's.
pub(crate) fn has_roles(user: &User, required: &[Authorize]) -> bool {
    required.iter().all(|authorize| {
        let roles = authorize.required_roles();
        roles.is_empty() || roles.iter().any(|role| user.has_role(role))
    })
}

/// What has to happen before a protected method begins, for a caller who has the roles.
pub(crate) struct Guard {
    ticket: Arc<Ticket>,
    call: Arc<CallMade>,
}

impl Guard {
    /// `None` where roles were all that is required.
    pub(crate) fn new(
        ticket: &Arc<Ticket>,
        connection: &Arc<Connection>,
        method: &'static HubMethodDescription,
        arguments: Arguments<'_>,
    ) -> Option<Self> {
        let mut policies = method.authorize.iter().map(Authorize::required_policy);
        policies.find(Option::is_some)?;
        Some(Self {
            ticket: Arc::clone(ticket),
            call: Arc::new(CallMade {
                connection: Arc::clone(connection),
                method,
                protocol: arguments.protocol(),
                arguments: arguments.bytes().into(),
            }),
        })
    }

    /// Lets the policies judge, and then either runs the call or gives `refusal` for an answer.
    pub(crate) fn before(self, future: CallFuture, refusal: Outcome) -> CallFuture {
        Box::pin(async move {
            if self.allows().await {
                return future.await;
            }
            refusal
        })
    }

    /// Whether the policies let the call begin.
    pub(crate) async fn allows(&self) -> bool {
        let Self { ticket, call } = self;
        let hub = call.connection.hub();
        let context = || PolicyContext::call(Arc::clone(ticket), Arc::clone(call));
        let allows = hub.policies().allow(call.method.authorize, context).await;
        if !allows {
            let (hub, method) = (hub.name(), call.method.wire_name);
            tracing::debug!(target: targets::AUTHORIZATION, hub, method, "a policy refused a call");
        }
        allows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_role_of_each_requirement_is_enough() {
        const ANY: &[Authorize] = &[Authorize::new()];
        const ONE: &[Authorize] = &[Authorize::new().roles(&["ADMIN", "OPS"])];
        const BOTH: &[Authorize] = &[
            Authorize::new().roles(&["ADMIN"]),
            Authorize::new().roles(&["OPS"]),
        ];
        let ops = User::new("ann").role("OPS");
        let all = ops.clone().role("ADMIN");
        let other = User::new("ann").role("ops");
        let check = |user, required, expected| assert_eq!(has_roles(user, required), expected);
        check(&ops, ONE, true);
        check(&ops, BOTH, false);
        check(&all, BOTH, true);
        check(&other, ONE, false);
        check(&other, ANY, true);
        check(&other, &[], true);
    }
}
