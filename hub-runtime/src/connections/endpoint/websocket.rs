//! Requests that become WebSockets: of new connections, and of those whose client comes back.

use super::responses::{other_transport, plain, unknown_connection};
use super::{Endpoint, Visit, token};
use crate::connections::opening;
use crate::connections::tokens::{Active, Claim, Waiting};
use crate::connections::way_back::{Standing, WayBack};
use crate::connections::websocket::upgrade;
use crate::identity::Refusal;
use crate::server::drain::Drain;
use crate::telemetry::targets;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::ORIGIN;
use http::{Request, StatusCode};
use hub_core::negotiate::TransportType;
use std::sync::Arc;

impl Endpoint {
    pub(super) fn connect_websocket(
        self: &Arc<Self>,
        mut visit: Visit,
    ) -> Result<Response, Refusal> {
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

/// Browsers show a page's author no more than the status: the log says what to do.
pub(super) fn foreign_origin(request: &Request<Body>) -> Response {
    let origin = request.headers().get(ORIGIN);
    tracing::warn!(target: targets::AUTHORIZATION, ?origin, "a WebSocket was refused: `allowed_origins` does not hold the page's origin");
    plain(
        StatusCode::FORBIDDEN,
        "WebSockets from this origin are not allowed",
    )
}
