//! The HTTP side of one hub: negotiate, and the requests that become connections.

use super::tokens::{Claim, Tokens, random_id};
use super::websocket::upgrade::{self, Upgrading};
use super::{head, query, socket};
use crate::driver::{self, Connection, Opening, Outgoing};
use crate::server::drain::{Drain, DrainGuard};
use crate::server::state::HubState;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE, HeaderValue, UPGRADE};
use http::{HeaderMap, Method, Request, StatusCode};
use hub_core::negotiate::{NegotiateResponse, NegotiateVersion, Negotiated, TransportType};
use hub_core::{DisconnectReason, User};
use smol_str::SmolStr;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Maps the request that opens a connection to the user it belongs to.
pub(crate) type Identify = dyn Fn(&http::request::Parts) -> Option<User> + Send + Sync;

/// What a client may use, in the order in which it tries.
const TRANSPORTS: &[TransportType] = &[TransportType::WebSockets];

/// One hub at one path.
pub(crate) struct Endpoint {
    hub: Arc<HubState>,
    identify: Arc<Identify>,
    tokens: Tokens,
}

/// The rest of a request's path behind the hub's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// `/hub`
    Hub,
    /// `/hub/negotiate`
    Negotiate,
}

impl Endpoint {
    pub(crate) fn new(hub: Arc<HubState>, identify: Arc<Identify>) -> Arc<Self> {
        Arc::new(Self {
            hub,
            identify,
            tokens: Tokens::default(),
        })
    }

    pub(crate) fn hub(&self) -> &Arc<HubState> {
        &self.hub
    }

    /// Forgets negotiated connections that were not used in time.
    pub(crate) fn sweep(&self) {
        let timeout =
            u64::try_from(self.hub.options().disconnect_timeout.as_millis()).unwrap_or(u64::MAX);
        if let Some(oldest) = self.hub.clock().millis().checked_sub(timeout) {
            self.tokens.expire(oldest);
        }
    }

    /// Answers a request. The status table is the wire specification's section 6.
    pub(crate) fn serve(self: &Arc<Self>, route: Route, request: Request<Body>) -> Response {
        if self.hub.live().is_closed() {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        let method = request.method();
        match route {
            Route::Negotiate if method == Method::POST => self.negotiate(&request),
            Route::Negotiate => not_allowed("POST"),
            Route::Hub if method == Method::GET => self.connect(request),
            Route::Hub if method == Method::POST || method == Method::DELETE => {
                self.send_or_end(&request)
            }
            Route::Hub => not_allowed("GET, POST, DELETE"),
        }
    }

    fn negotiate(&self, request: &Request<Body>) -> Response {
        let requested = query::value(request.uri().query(), "negotiateVersion");
        let minimum = self.hub.options().minimum_protocol_version;
        let minimum = i32::try_from(minimum).unwrap_or(i32::MAX);
        let body = match NegotiateVersion::choose(requested.as_deref(), minimum) {
            Ok(version) => self.accepted(version),
            Err(error) => NegotiateResponse::Refused(&error.to_string()).to_json(),
        };
        (
            [(CONTENT_TYPE, HeaderValue::from_static("application/json"))],
            body,
        )
            .into_response()
    }

    fn accepted(&self, version: NegotiateVersion) -> Vec<u8> {
        let connection_id = random_id();
        // In version 0 the id is the token; later the two have nothing in common.
        let secret = (version != NegotiateVersion::Zero).then(random_id);
        let token = secret.clone().unwrap_or_else(|| connection_id.clone());
        let body = NegotiateResponse::Accepted(Negotiated {
            connection_id: &connection_id,
            connection_token: secret.as_deref(),
            available_transports: TRANSPORTS,
            use_stateful_reconnect: false,
        })
        .to_json();
        self.tokens
            .add(token, connection_id, self.hub.clock().millis());
        body
    }

    fn connect(self: &Arc<Self>, request: Request<Body>) -> Response {
        if is_websocket(request.headers()) {
            return self.connect_websocket(request);
        }
        let transport = if is_event_stream(request.headers()) {
            TransportType::ServerSentEvents
        } else {
            TransportType::LongPolling
        };
        let text = format!("{transport} transport not supported by this end point type");
        plain(StatusCode::NOT_FOUND, text)
    }

    fn connect_websocket(self: &Arc<Self>, mut request: Request<Body>) -> Response {
        let token = query::value(request.uri().query(), "id").map(SmolStr::from);
        if let Some(token) = &token
            && !self.tokens.contains(token)
        {
            return plain(StatusCode::NOT_FOUND, "No Connection with that ID");
        }
        let drain = request.extensions_mut().remove::<Drain>();
        let (response, upgrading) = match upgrade::accept(&mut request) {
            Ok(accepted) => accepted,
            Err(error) => return error.into_response(),
        };
        // Claimed last, so that a request that cannot be upgraded does not use the token up.
        let (token, id) = match token.map(|token| (self.tokens.claim(&token), token)) {
            None => (None, random_id()),
            Some((Claim::Granted(id), token)) => (Some(token), id),
            Some((Claim::InUse, _)) => return plain(StatusCode::CONFLICT, ""),
            Some((Claim::Unknown, _)) => {
                return plain(StatusCode::NOT_FOUND, "No Connection with that ID");
            }
        };
        let (parts, _) = request.into_parts();
        // Before any of the user's code, which may panic.
        let held = TokenHeld {
            endpoint: Arc::clone(self),
            token,
        };
        let user = (self.identify)(&parts);
        let opening = Requested {
            held,
            id,
            user,
            http: parts,
        };
        match drain {
            Some(drain) => {
                let guard = drain.guard();
                let task = opening.start(upgrading, Some(guard), Some(drain.clone()));
                drain.spawn(task);
            }
            None => drop(tokio::spawn(opening.start(upgrading, None, None))),
        }
        response
    }

    /// POST and DELETE belong to the transports that poll; on a WebSocket they are mistakes.
    fn send_or_end(&self, request: &Request<Body>) -> Response {
        let Some(token) = query::value(request.uri().query(), "id") else {
            return plain(StatusCode::BAD_REQUEST, "Connection ID required");
        };
        if !self.tokens.contains(&token) {
            return plain(StatusCode::NOT_FOUND, "No Connection with that ID");
        }
        if request.method() == Method::POST {
            let text = "POST requests are not allowed for WebSocket connections.";
            return plain(StatusCode::METHOD_NOT_ALLOWED, text);
        }
        let text = "Cannot terminate this connection using the DELETE endpoint.";
        plain(StatusCode::BAD_REQUEST, text)
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

/// A connection whose upgrade has been answered.
struct Requested {
    held: TokenHeld,
    id: SmolStr,
    user: Option<User>,
    http: http::request::Parts,
}

impl Requested {
    /// Waits for the socket, and hands the connection to a task of its own: this future carries
    /// the whole request, and is not kept for the life of the connection.
    async fn start(self, upgrading: Upgrading, guard: Option<DrainGuard>, drain: Option<Drain>) {
        let Ok(upgraded) = upgrading.socket().await else {
            return;
        };
        let Self {
            held,
            id,
            user,
            http,
        } = self;
        let hub = &held.endpoint.hub;
        let (input, output) = socket::split(upgraded);
        let outgoing = Outgoing::new(output, hub.options().maximum_pending_bytes);
        let transport = TransportType::WebSockets;
        let opening = Opening {
            id,
            number: next_number(),
            user,
            http: head::detach(http),
            transport,
            outgoing,
        };
        let connection = Connection::new(hub, opening);
        let driver = driver::run(Arc::clone(&connection), input, Box::new(held));
        let task = run(connection, driver, guard);
        match drain {
            Some(drain) => drain.spawn(task),
            None => drop(tokio::spawn(task)),
        }
    }
}

/// Runs a connection, and ends it when its server shuts down.
async fn run(
    connection: Arc<Connection>,
    driver: impl Future<Output = ()>,
    guard: Option<DrainGuard>,
) {
    let Some(guard) = guard else {
        return driver.await;
    };
    let mut driver = pin!(driver);
    tokio::select! {
        biased;
        () = &mut driver => {}
        () = guard.signalled() => {
            connection.request_close(DisconnectReason::ServerShutdown);
            driver.await;
        }
    }
}

fn next_number() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn is_websocket(headers: &HeaderMap) -> bool {
    headers
        .get(UPGRADE)
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
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

fn not_allowed(methods: &'static str) -> Response {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "");
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(methods));
    response
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("hub", &self.hub)
            .finish_non_exhaustive()
    }
}
