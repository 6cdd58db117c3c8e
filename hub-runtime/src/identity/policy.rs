//! What the application decides itself: policies, by their names.

use super::authentication::HttpRequest;
use super::ticket::Ticket;
use crate::driver::Connection;
use http::request::Parts;
use hub_core::User;
use hub_core::context::ConnectionScope as _;
use hub_core::contract::{Authorize, HubMethodDescription, PolicyName};
use hub_core::protocol::{Arguments, Protocol};
use serde::de::DeserializeOwned;
use smol_str::SmolStr;
use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// What a [policy](crate::HubsBuilder::policy) judges: a call of a method, or a request of a
/// connection where the whole hub is protected.
///
/// It owns all it shows, so that the policy's future can keep it.
#[derive(Debug)]
pub struct PolicyContext {
    ticket: Arc<Ticket>,
    /// Who the user is by now, where that is not who the ticket was made for.
    user: Option<Arc<User>>,
    hub: SmolStr,
    subject: Subject,
}

enum Subject {
    Request(HttpRequest),
    Call(Arc<CallMade>),
}

/// A call that has not begun.
pub(super) struct CallMade {
    pub(super) connection: Arc<Connection>,
    pub(super) method: &'static HubMethodDescription,
    pub(super) protocol: Protocol,
    /// All of them, as they were received.
    pub(super) arguments: Box<[u8]>,
}

impl PolicyContext {
    pub(super) fn request(ticket: Arc<Ticket>, hub: &str, request: HttpRequest) -> Self {
        Self {
            user: None,
            ticket,
            hub: hub.into(),
            subject: Subject::Request(request),
        }
    }

    pub(super) fn call(ticket: Arc<Ticket>, call: Arc<CallMade>) -> Self {
        Self {
            user: ticket.refreshed_user(),
            ticket,
            hub: SmolStr::new_static(call.connection.hub().name()),
            subject: Subject::Call(call),
        }
    }

    fn called(&self) -> Option<&CallMade> {
        match &self.subject {
            Subject::Request(_) => None,
            Subject::Call(call) => Some(call),
        }
    }

    /// Who asks. There always is somebody: nobody is refused without any policy.
    pub fn user(&self) -> &User {
        self.user.as_deref().unwrap_or(self.ticket.user())
    }

    /// The name of the hub's trait, `ChatHub`; of a connection handler, its path.
    pub fn hub(&self) -> &str {
        &self.hub
    }

    /// The name on the wire of the method that is called, `SendMessage`; `None` where a request of
    /// a connection is judged.
    pub fn method(&self) -> Option<&'static str> {
        Some(self.called()?.method.wire_name)
    }

    /// An argument of the call, by its place among those that are no streams. It is read from the
    /// bytes that were received, with each call of this function; `None` if it is not there, or is
    /// not a `T`.
    pub fn argument<T: DeserializeOwned>(&self, index: usize) -> Option<T> {
        let call = self.called()?;
        Arguments::new(call.protocol, &call.arguments)
            .get(index)
            .ok()
    }

    /// The connection that the call came by; `None` where a request is judged.
    pub fn connection_id(&self) -> Option<&str> {
        Some(self.called()?.connection.connection_id())
    }

    /// The request that is judged; for a call, the one that opened its connection.
    pub fn http(&self) -> &Parts {
        match &self.subject {
            Subject::Request(request) => request,
            Subject::Call(call) => call.connection.http(),
        }
    }
}

/// What was received may be secret.
impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request(_) => "Request",
            Self::Call(_) => "Call",
        })
    }
}

type Judging = Pin<Box<dyn Future<Output = bool> + Send>>;
type Policy = Arc<dyn Fn(PolicyContext) -> Judging + Send + Sync>;

/// The policies of a server.
#[derive(Default, Clone)]
pub(crate) struct Policies(HashMap<PolicyName, Policy>);

impl Policies {
    /// Adds a policy; `false` if there is one of that name already.
    pub(crate) fn add<F>(
        &mut self,
        name: PolicyName,
        policy: impl Fn(PolicyContext) -> F + Send + Sync + 'static,
    ) -> bool
    where
        F: Future<Output = bool> + Send + 'static,
    {
        let policy = move |context| Box::pin(policy(context)) as Judging;
        self.0.insert(name, Arc::new(policy)).is_none()
    }

    pub(crate) fn contains(&self, name: PolicyName) -> bool {
        self.0.contains_key(&name)
    }

    /// Whether every policy that is required allows it.
    pub(super) async fn allow(
        &self,
        required: &[Authorize],
        context: impl Fn() -> PolicyContext,
    ) -> bool {
        for name in required.iter().filter_map(Authorize::required_policy) {
            // That each is there has been checked when the hubs were built.
            let Some(policy) = self.0.get(&name) else {
                return false;
            };
            if !policy(context()).await {
                return false;
            }
        }
        true
    }
}

impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
