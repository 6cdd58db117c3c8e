//! From a request to a connection that may begin: its token, its place under the limits, and what it
//! is made of.

use super::responses::plain;
use super::{Endpoint, Visit};
use crate::connections::opening::NewConnection;
use crate::connections::query;
use crate::connections::tokens::{Active, Claim, Waiting, random_id};
use crate::driver::Lease;
use crate::identity::{Stranger, Ticket};
use crate::server::drain::Drain;
use crate::server::limits::{Admitted, Limit, Visitor};
use crate::telemetry;
use axum::body::Body;
use axum::response::Response;
use http::{Request, Version};
use hub_core::negotiate::TransportType;
use smol_str::SmolStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

impl Endpoint {
    /// Whose a request is, as far as limits go. Runs the user's code, which finds an address.
    pub(super) fn visitor<'a>(
        &self,
        request: &mut Request<Body>,
        ticket: Option<&'a Arc<Ticket>>,
    ) -> Visitor<'a> {
        Visitor {
            user: ticket.map(|ticket| ticket.user().id()),
            network: self.entrance.limits().address().of(request),
        }
    }

    /// Starts the connection of a token, if it may begin.
    pub(super) fn claim(
        &self,
        token: &str,
        Visit { request, ticket }: &mut Visit,
        active: impl FnOnce(Waiting) -> Active,
    ) -> Result<Claim<Admitted>, Stranger> {
        let visitor = self.visitor(request, ticket.as_ref());
        let admit = || self.entrance.admit(visitor);
        self.tokens.claim(token, ticket.as_ref(), admit, active)
    }

    /// Starts a connection that has not been negotiated.
    pub(super) fn begin(&self, Visit { request, ticket }: &mut Visit) -> Claim<Admitted> {
        let visitor = self.visitor(request, ticket.as_ref());
        match self.entrance.admit(visitor) {
            Ok(admitted) => Claim::Granted(random_id(), admitted),
            Err(limit) => Claim::Full(limit),
        }
    }

    /// The answer to a request beyond a limit. A client that has negotiated may try again.
    pub(super) fn refuse(&self, limit: Limit) -> Response {
        telemetry::limit_reached(self.name(), limit.name());
        plain(limit.status(), limit.text())
    }

    /// What a new connection is made of, and its part in the server's shutdown.
    pub(super) fn open(
        Visit { request, ticket }: Visit,
        id: SmolStr,
        transport: TransportType,
        lease: Lease,
        admitted: Admitted,
    ) -> (Option<Drain>, NewConnection) {
        let (mut http, _) = request.into_parts();
        let drain = http.extensions.remove::<Drain>();
        let guard = drain.as_ref().map(match (transport, http.version) {
            (TransportType::WebSockets, Version::HTTP_2) => Drain::guard_stream,
            (TransportType::WebSockets, _) => Drain::guard_in_turn,
            // What the client sends comes in new requests.
            _ => Drain::guard,
        });
        (
            drain,
            NewConnection {
                id_is_token: is_token(&id, http.uri.query()),
                id,
                number: next_number(),
                ticket,
                http,
                transport,
                way_back: None,
                lease,
                admitted,
                guard,
            },
        )
    }

    pub(super) fn hold(self: &Arc<Self>, token: Option<SmolStr>) -> TokenHeld {
        TokenHeld {
            endpoint: Arc::clone(self),
            token,
        }
    }
}

/// A token, forgotten when its connection has ended.
pub(super) struct TokenHeld {
    endpoint: Arc<Endpoint>,
    token: Option<SmolStr>,
}

impl Drop for TokenHeld {
    fn drop(&mut self) {
        if let Some(token) = &self.token {
            self.endpoint.tokens.remove(token);
        }
    }
}

fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Whether a request names its connection by the public id.
fn is_token(id: &str, query: Option<&str>) -> bool {
    query::value(query, "id").is_some_and(|token| token == id)
}
