//! The HTTP side of one path: negotiate, and the requests that become connections.

mod between_requests;
mod claim;
mod connect;
mod negotiate;
mod responses;
mod websocket;

pub(super) use responses::not_allowed;

use super::application::Application;
use super::query;
use super::tokens::{Active, Tokens};
use super::websocket::upgrade;
use crate::identity::{Gate, Refusal, Ticket};
use crate::server::EndpointOptions;
use crate::server::drain::Drain;
use crate::server::limits::Entrance;
use crate::telemetry::targets;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::{Method, Request, StatusCode};
use smol_str::SmolStr;
use std::fmt;
use std::sync::Arc;

/// One path of an application: of a hub, or of a handler of bytes. What connects through it is the
/// application's; only its tokens are its own.
pub(crate) struct Endpoint {
    pub(super) application: Arc<dyn Application>,
    options: EndpointOptions,
    pub(super) gate: Gate,
    entrance: Arc<Entrance>,
    pub(super) tokens: Tokens,
}

/// A request that may be made, and whose it is.
pub(super) struct Visit {
    pub(super) request: Request<Body>,
    pub(super) ticket: Option<Arc<Ticket>>,
}

/// The rest of a request's path behind the hub's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/hub`
    Hub,
    /// `/hub/negotiate`
    Negotiate,
    /// `/hub/refresh`
    Refresh,
}

impl Endpoint {
    pub(crate) fn new(
        application: Arc<dyn Application>,
        options: EndpointOptions,
        gate: Gate,
        entrance: Arc<Entrance>,
    ) -> Arc<Self> {
        Arc::new(Self {
            application,
            options,
            gate,
            entrance,
            tokens: Tokens::default(),
        })
    }

    /// What its connections are for, in logs.
    pub(crate) fn name(&self) -> &str {
        self.application.name()
    }

    /// Forgets negotiated connections that were not used in time.
    pub(crate) fn sweep(&self) {
        let timeout = self.application.disconnect_timeout().as_millis();
        let timeout = u64::try_from(timeout).unwrap_or(u64::MAX);
        if let Some(oldest) = self.application.clock().millis().checked_sub(timeout) {
            self.tokens.expire(oldest);
        }
    }

    /// Answers a request. The status table is the wire specification's section 6.
    pub(crate) async fn serve(self: &Arc<Self>, route: Route, request: Request<Body>) -> Response {
        let method = request.method().clone();
        let response = self.respond(route, request).await;
        // Not the address, in which there are tokens.
        let (hub, status) = (self.name(), response.status().as_u16());
        tracing::debug!(target: targets::TRANSPORT, hub, %method, ?route, status, "a request was answered");
        if status >= 400 {
            self.application.metrics().refused(status);
        }
        response
    }

    async fn respond(self: &Arc<Self>, route: Route, request: Request<Body>) -> Response {
        if route == Route::Refresh {
            return self.refresh(request).await;
        }
        if self.shuts_down(&request) && !self.belongs_to_a_connection(&request) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let answered = match self.admit(request).await {
            Ok(visit) => self.answer(route, visit).await,
            Err(refusal) => Err(refusal),
        };
        answered.unwrap_or_else(|refusal| {
            tracing::debug!(target: targets::AUTHORIZATION, hub = self.name(), ?refusal, "a request was refused");
            self.gate.refuse(refusal)
        })
    }

    /// Finds out whose a request is, and whether it may be made.
    pub(super) async fn admit(&self, request: Request<Body>) -> Result<Visit, Refusal> {
        let (request, ticket) = self.gate.admit(self.name(), request).await?;
        let refresh = self.application.authentication_refresh();
        if let Some(maximum) = refresh.and_then(|options| options.maximum)
            && let Some(ticket) = &ticket
        {
            ticket.end_within(maximum);
        }
        Ok(Visit { request, ticket })
    }

    async fn answer(self: &Arc<Self>, route: Route, visit: Visit) -> Result<Response, Refusal> {
        let method = visit.request.method();
        match route {
            Route::Negotiate if method == Method::POST => Ok(self.negotiate(visit)),
            Route::Negotiate => Ok(not_allowed("POST")),
            Route::Hub if method == Method::GET || upgrade::is_extended_connect(&visit.request) => {
                self.connect(visit).await
            }
            Route::Hub if method == Method::POST => self.send(visit).await,
            Route::Hub if method == Method::DELETE => self.end(&visit),
            Route::Hub => Ok(not_allowed("GET, POST, DELETE")),
            Route::Refresh => Ok(self.refresh(visit.request).await),
        }
    }

    /// Whether there are to be no new connections: the application ends, or the server.
    fn shuts_down(&self, request: &Request<Body>) -> bool {
        let drain = request.extensions().get::<Drain>();
        self.application.is_closed() || drain.is_some_and(Drain::has_begun)
    }

    /// Whether a request belongs to a connection that goes on for a while: one between requests,
    /// which may also still say goodbye, or one whose client comes back before it has been told.
    fn belongs_to_a_connection(&self, request: &Request<Body>) -> bool {
        match token(request).and_then(|token| self.tokens.find(&token)) {
            Some(Active::EventStream(_) | Active::LongPolling(_)) => true,
            Some(Active::WebSocket(Some(way_back))) => way_back.is_wanted(),
            _ => false,
        }
    }
}

/// The connection that a request names.
pub(super) fn token(request: &Request<Body>) -> Option<SmolStr> {
    query::value(request.uri().query(), "id").map(SmolStr::from)
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("application", &self.name())
            .finish_non_exhaustive()
    }
}
