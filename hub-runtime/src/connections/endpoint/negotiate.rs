//! Negotiation: what a client may connect by, and under which name.

use super::{Endpoint, Visit};
use crate::connections::query;
use crate::connections::tokens::{Waiting, random_id};
use crate::identity::Ticket;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::Request;
use http::header::{CONTENT_TYPE, HeaderValue};
use hub_core::negotiate::{NegotiateResponse, NegotiateVersion, Negotiated, TransportType};

impl Endpoint {
    pub(super) fn negotiate(&self, visit: Visit) -> Response {
        let Visit {
            mut request,
            ticket,
        } = visit;
        let visitor = self.visitor(&mut request, ticket.as_ref());
        let unused = match self.entrance.negotiate(visitor) {
            Ok(unused) => unused,
            Err(limit) => return self.refuse(limit),
        };
        let requested = query::value(request.uri().query(), "negotiateVersion");
        let minimum = self.options.minimum_protocol_version;
        let minimum = i32::try_from(minimum).unwrap_or(i32::MAX);
        let version = NegotiateVersion::choose(requested.as_deref(), minimum)
            .map_err(|error| error.to_string())
            .and_then(|version| {
                let refusal = self.application.refusal(request.uri().query());
                refusal.map_or(Ok(version), Err)
            });
        let body = match version {
            Ok(version) => {
                let stateful_reconnect = self.grants_stateful_reconnect(&request);
                let ticket = ticket.as_deref();
                let lifetime = ticket.filter(|_| self.takes_refreshes());
                let lifetime = lifetime.and_then(Ticket::lifetime);
                let waiting = Waiting::new(stateful_reconnect, ticket);
                self.accepted(version, waiting.counted(unused), lifetime)
            }
            Err(text) => NegotiateResponse::Refused(&text).to_json(),
        };
        (
            [(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
            body,
        )
            .into_response()
    }

    /// Only if the client asks for it: others fail on the answer (section 3.2).
    fn grants_stateful_reconnect(&self, request: &Request<Body>) -> bool {
        self.application.allows_stateful_reconnects()
            && self.options.transports.contains(TransportType::WebSockets)
            && query::value(request.uri().query(), "useStatefulReconnect")
                .is_some_and(|asked| asked.eq_ignore_ascii_case("true"))
    }

    fn accepted(
        &self,
        version: NegotiateVersion,
        waiting: Waiting,
        lifetime: Option<u64>,
    ) -> Vec<u8> {
        let connection_id = random_id();
        // In version 0 the id is the token; later the two have nothing in common.
        let secret = (version != NegotiateVersion::Zero).then(random_id);
        let token = secret.clone().unwrap_or_else(|| connection_id.clone());
        let transports: Vec<_> = self.options.transports.iter().collect();
        let body = NegotiateResponse::Accepted(Negotiated {
            connection_id: &connection_id,
            connection_token: secret.as_deref(),
            available_transports: &transports,
            use_stateful_reconnect: waiting.stateful_reconnect,
            token_lifetime_seconds: lifetime,
        })
        .to_json();
        let now = self.application.clock().millis();
        self.tokens.add(token, connection_id, now, waiting);
        self.application.metrics().negotiated();
        body
    }
}
