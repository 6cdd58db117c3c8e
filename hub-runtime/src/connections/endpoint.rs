//! The HTTP side of one path: negotiate, and the requests that become connections.

use super::application::Application;
use super::mailslot::Mailslot;
use super::opening::{self, NewConnection};
use super::tokens::{Active, Claim, Letterbox, Tokens, Waiting, random_id};
use super::way_back::{Standing, WayBack};
use super::websocket::upgrade;
use super::{event_stream, long_polling, query};
use crate::driver::Lease;
use crate::identity::{Gate, Refusal, Stranger, Ticket};
use crate::server::EndpointOptions;
use crate::server::drain::Drain;
use crate::server::limits::{Admitted, Entrance, Limit, Visitor};
use crate::telemetry::{self, targets};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderValue, ORIGIN};
use http::{HeaderMap, Method, Request, StatusCode, Version};
use http_body_util::BodyExt as _;
use hub_core::negotiate::{NegotiateResponse, NegotiateVersion, Negotiated, TransportType};
use smol_str::SmolStr;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

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

    fn negotiate(&self, visit: Visit) -> Response {
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

    /// Whose a request is, as far as limits go. Runs the user's code, which finds an address.
    fn visitor<'a>(
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
    fn claim(
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
    fn begin(&self, Visit { request, ticket }: &mut Visit) -> Claim<Admitted> {
        let visitor = self.visitor(request, ticket.as_ref());
        match self.entrance.admit(visitor) {
            Ok(admitted) => Claim::Granted(random_id(), admitted),
            Err(limit) => Claim::Full(limit),
        }
    }

    /// The answer to a request beyond a limit. A client that has negotiated may try again.
    fn refuse(&self, limit: Limit) -> Response {
        telemetry::limit_reached(self.name(), limit.name());
        plain(limit.status(), limit.text())
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

    async fn connect(self: &Arc<Self>, visit: Visit) -> Result<Response, Refusal> {
        let transport = if upgrade::is_asked_for(&visit.request) {
            TransportType::WebSockets
        } else if is_event_stream(visit.request.headers()) {
            TransportType::ServerSentEvents
        } else {
            TransportType::LongPolling
        };
        if !self.options.transports.contains(transport) {
            let text = format!("{transport} transport not supported by this end point type");
            return Ok(plain(StatusCode::NOT_FOUND, text));
        }
        match transport {
            TransportType::WebSockets if !self.options.allowed_origins.allow(&visit.request) => {
                Ok(foreign_origin(&visit.request))
            }
            TransportType::WebSockets => self.connect_websocket(self.refreshed(visit).await?),
            TransportType::ServerSentEvents => self.connect_event_stream(visit),
            TransportType::LongPolling => {
                let visit = self.refreshed(visit).await?;
                self.poll(visit).await.map(long_polling::uncached)
            }
        }
    }

    fn connect_websocket(self: &Arc<Self>, mut visit: Visit) -> Result<Response, Refusal> {
        let token = token(&visit.request);
        // Looked at before the upgrade and claimed after it, so that a request that cannot be
        // upgraded does not use the token up.
        if let Some(token) = &token {
            match self.tokens.find_for(token, visit.ticket.as_deref())? {
                None => return Ok(unknown_connection()),
                Some(Active::WebSocket(Some(way_back))) => {
                    return Ok(resume(
                        visit.request,
                        self.options.may_compress(),
                        &way_back,
                    ));
                }
                Some(_) => {}
            }
        }
        let (response, upgrading) =
            match upgrade::accept(&mut visit.request, self.options.may_compress()) {
                Ok(accepted) => accepted,
                Err(error) => return Ok(error.into_response()),
            };
        let mut way_back = None;
        let active = |waiting: Waiting| {
            way_back = waiting.stateful_reconnect.then(Arc::<WayBack>::default);
            Active::WebSocket(way_back.clone())
        };
        let claim = match &token {
            None => self.begin(&mut visit),
            Some(token) => self.claim(token, &mut visit, active)?,
        };
        let (id, admitted) = match claim {
            Claim::Granted(id, admitted) => (id, admitted),
            Claim::Active(Active::WebSocket(_)) => return Ok(plain(StatusCode::CONFLICT, "")),
            Claim::Active(_) => return Ok(other_transport()),
            Claim::Full(limit) => return Ok(self.refuse(limit)),
            Claim::Unknown => return Ok(unknown_connection()),
        };
        // Before any of the user's code, which may panic.
        let held = Box::new(self.hold(token));
        let (drain, mut new) = Self::open(visit, id, TransportType::WebSockets, held, admitted);
        new.way_back = way_back;
        let application = Arc::clone(&self.application);
        opening::start_upgraded(application, upgrading, new, drain.as_ref());
        Ok(response)
    }

    fn connect_event_stream(self: &Arc<Self>, mut visit: Visit) -> Result<Response, Refusal> {
        let Some(token) = token(&visit.request) else {
            return Ok(without_token());
        };
        let mut slot = Arc::<Mailslot>::default();
        let active = |waiting: Waiting| {
            slot = waiting.into_mailslot();
            Active::EventStream(Arc::clone(&slot))
        };
        let (id, admitted) = match self.claim(&token, &mut visit, active)? {
            Claim::Granted(id, admitted) => (id, admitted),
            Claim::Active(Active::EventStream(_)) => return Ok(plain(StatusCode::CONFLICT, "")),
            Claim::Active(_) => return Ok(other_transport()),
            Claim::Full(limit) => return Ok(self.refuse(limit)),
            Claim::Unknown => return Ok(unknown_connection()),
        };
        let held = Box::new(self.hold(Some(token)));
        let (drain, new) = Self::open(visit, id, TransportType::ServerSentEvents, held, admitted);
        let application = Arc::clone(&self.application);
        opening::start(application, slot.split(), new, drain.as_ref());
        Ok(event_stream::response(slot, drain))
    }

    async fn poll(self: &Arc<Self>, mut visit: Visit) -> Result<Response, Refusal> {
        let Some(token) = token(&visit.request) else {
            return Ok(without_token());
        };
        let mut slot = Arc::<Mailslot>::default();
        let active = |waiting: Waiting| {
            slot = waiting.into_mailslot();
            Active::LongPolling(Arc::clone(&slot))
        };
        let response = match self.claim(&token, &mut visit, active)? {
            Claim::Granted(id, admitted) => {
                let application = Arc::clone(&self.application);
                let response = long_polling::started(&slot, application.clock());
                // The token outlives the connection, so that the last poll can be told.
                let lease = Box::new(());
                let (drain, new) =
                    Self::open(visit, id, TransportType::LongPolling, lease, admitted);
                opening::start(application, slot.split(), new, drain.as_ref());
                response
            }
            Claim::Active(Active::LongPolling(slot)) => {
                let timeout = self.options.long_polling_poll_timeout;
                let clock = self.application.clock();
                let (response, is_over) = long_polling::poll(slot, clock, timeout).await;
                if is_over {
                    self.tokens.remove(&token);
                }
                response
            }
            Claim::Active(_) => other_transport(),
            Claim::Full(limit) => self.refuse(limit),
            Claim::Unknown => unknown_connection(),
        };
        Ok(response)
    }

    /// What a new connection is made of, and its part in the server's shutdown.
    fn open(
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

    fn hold(self: &Arc<Self>, token: Option<SmolStr>) -> TokenHeld {
        TokenHeld {
            endpoint: Arc::clone(self),
            token,
        }
    }

    /// A request's bytes for an event stream or a polling connection (section 5.4).
    async fn send(&self, Visit { request, ticket }: Visit) -> Result<Response, Refusal> {
        let Some(token) = token(&request) else {
            return Ok(without_token());
        };
        let slot = match self.tokens.letterbox(&token, ticket.as_deref())? {
            Letterbox::Open(slot) => slot,
            Letterbox::WebSocket => {
                let text = "POST requests are not allowed for WebSocket connections.";
                return Ok(plain(StatusCode::METHOD_NOT_ALLOWED, text));
            }
            Letterbox::Unknown => return Ok(unknown_connection()),
        };
        let posting = slot.post().await;
        let mut body = request.into_body();
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                return Ok(plain(StatusCode::BAD_REQUEST, ""));
            };
            if let Some(bytes) = frame.data_ref()
                && posting.add(bytes).await.is_err()
            {
                return Ok(plain(StatusCode::NOT_FOUND, ""));
            }
        }
        Ok(plain(StatusCode::OK, ""))
    }

    /// The end of a polling connection (section 5.5).
    fn end(&self, Visit { request, ticket }: &Visit) -> Result<Response, Refusal> {
        let Some(token) = token(request) else {
            return Ok(without_token());
        };
        let response = match self.tokens.find_for(&token, ticket.as_deref())? {
            Some(Active::LongPolling(slot)) => {
                self.tokens.remove(&token);
                slot.disconnect();
                plain(StatusCode::ACCEPTED, "")
            }
            Some(_) => {
                let text = "Cannot terminate this connection using the DELETE endpoint.";
                plain(StatusCode::BAD_REQUEST, text)
            }
            None => unknown_connection(),
        };
        Ok(response)
    }
}

/// A token, forgotten when its connection has ended.
struct TokenHeld {
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

/// Takes a client back on a new socket, also while its old one seems to live (section 17.5).
fn resume(mut request: Request<Body>, may_compress: bool, way_back: &WayBack) -> Response {
    let connection = match way_back.standing() {
        Standing::Open(connection) => connection,
        Standing::NotYet => return plain(StatusCode::CONFLICT, ""),
        Standing::SwitchedOff => return StatusCode::NO_CONTENT.into_response(),
        Standing::Gone => return unknown_connection(),
    };
    match upgrade::accept(&mut request, may_compress) {
        Ok((response, upgrading)) => {
            let drain = request.extensions().get::<Drain>();
            opening::resume_upgraded(upgrading, connection, drain);
            response
        }
        Err(error) => error.into_response(),
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

/// The connection that a request names.
pub(super) fn token(request: &Request<Body>) -> Option<SmolStr> {
    query::value(request.uri().query(), "id").map(SmolStr::from)
}

fn without_token() -> Response {
    plain(StatusCode::BAD_REQUEST, "Connection ID required")
}

fn unknown_connection() -> Response {
    plain(StatusCode::NOT_FOUND, "No Connection with that ID")
}

/// Browsers show a page's author no more than the status: the log says what to do.
fn foreign_origin(request: &Request<Body>) -> Response {
    let origin = request.headers().get(ORIGIN);
    tracing::warn!(target: targets::AUTHORIZATION, ?origin, "a WebSocket was refused: `allowed_origins` does not hold the page's origin");
    plain(
        StatusCode::FORBIDDEN,
        "WebSockets from this origin are not allowed",
    )
}

fn other_transport() -> Response {
    plain(
        StatusCode::BAD_REQUEST,
        "Cannot change transports mid-connection",
    )
}

/// The media type is compared exactly: `*/*` must not select it, since polls carry that.
fn is_event_stream(headers: &HeaderMap) -> bool {
    let values = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|kind| kind.trim().eq_ignore_ascii_case("text/event-stream"))
}

fn plain(status: StatusCode, text: impl Into<Body>) -> Response {
    (
        status,
        [(CONTENT_TYPE, HeaderValue::from_static("text/plain"))],
        text.into(),
    )
        .into_response()
}

pub(super) fn not_allowed(methods: &'static str) -> Response {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "");
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(methods));
    response
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("application", &self.name())
            .finish_non_exhaustive()
    }
}
