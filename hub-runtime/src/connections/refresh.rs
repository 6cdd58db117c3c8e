//! New credentials for a connection that lives (wire specification, section 7.4).

use super::endpoint::{Endpoint, Visit, not_allowed, token};
use super::tokens::Owner;
use crate::driver::Connection;
use crate::identity::{AuthenticationRefresh, HttpRequest, Refusal, Ticket};
use crate::telemetry::targets;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::request::Parts;
use http::{Method, Request, StatusCode};
use hub_core::DisconnectReason;
use hub_core::context::{CloseMessage, ConnectionScope as _};
use std::sync::Arc;

/// Why a connection keeps the credentials that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    Disabled,
    NotFound,
    WithoutToken,
    /// The connection's token is public: whoever knows the id could bring credentials.
    PublicToken,
    InvalidToken,
    /// It is of another user, or the application says no.
    Rejected,
}

impl Failure {
    fn answer(self) -> (StatusCode, &'static str) {
        match self {
            Self::Disabled => (StatusCode::NOT_FOUND, "refresh_disabled"),
            Self::NotFound => (StatusCode::NOT_FOUND, "connection_not_found"),
            Self::WithoutToken => (StatusCode::BAD_REQUEST, "missing_connection_token"),
            Self::PublicToken => (StatusCode::BAD_REQUEST, "unsupported_negotiate_version"),
            Self::InvalidToken => (StatusCode::UNAUTHORIZED, "invalid_token"),
            Self::Rejected => (StatusCode::FORBIDDEN, "permission_change_rejected"),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Unauthorized { .. } => Self::InvalidToken,
            Refusal::Forbidden => Self::Rejected,
        }
    }
}

impl Endpoint {
    /// Whether clients are offered to refresh their authentication.
    pub(crate) fn takes_refreshes(&self) -> bool {
        self.application.authentication_refresh().is_some()
    }

    /// Answers `POST {hub}/refresh`.
    pub(super) async fn refresh(&self, request: Request<Body>) -> Response {
        if request.method() != Method::POST {
            return not_allowed("POST");
        }
        let (status, body) = match self.try_refresh(request).await {
            Ok(None) => (StatusCode::OK, "{}".to_owned()),
            Ok(Some(seconds)) => {
                let body = format!("{{\"tokenLifetimeSeconds\":{seconds}}}");
                (StatusCode::OK, body)
            }
            Err(failure) => {
                tracing::debug!(target: targets::AUTHORIZATION, hub = self.name(), ?failure, "a refresh was refused");
                let (status, code) = failure.answer();
                (status, format!("{{\"error\":\"{code}\"}}"))
            }
        };
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (
                CACHE_CONTROL,
                HeaderValue::from_static("no-cache, no-store"),
            ),
        ];
        (status, headers, body).into_response()
    }

    /// Gives how many seconds the new proof holds, if it ends.
    async fn try_refresh(&self, request: Request<Body>) -> Result<Option<u64>, Failure> {
        if !self.takes_refreshes() {
            return Err(Failure::Disabled);
        }
        let token = token(&request).ok_or(Failure::WithoutToken)?;
        let Visit { request, ticket } = self.admit(request).await?;
        let visitor = ticket.ok_or(Failure::InvalidToken)?;
        let owner = match self.tokens.owner(&token) {
            None => return Err(Failure::NotFound),
            Some(Owner::Nobody) => return Err(Failure::Rejected),
            Some(Owner::User(owner)) => owner,
        };
        Ticket::check(Some(&owner), Some(&visitor)).map_err(Refusal::from)?;
        let connection = owner.connection().filter(|it| !it.is_aborted());
        let connection = connection.ok_or(Failure::NotFound)?;
        if connection.id_is_token() {
            return Err(Failure::PublicToken);
        }
        let (head, _) = request.into_parts();
        self.take(&connection, (&owner, &visitor), head).await?;
        Ok(visitor.lifetime())
    }

    /// A request that carries a connection from now on, a poll or a stateful reconnect, brings its
    /// credentials too. Those that do not hold for longer are older, or the same.
    pub(super) async fn refreshed(&self, visit: Visit) -> Result<Visit, Refusal> {
        if !self.takes_refreshes() {
            return Ok(visit);
        }
        let Visit { request, ticket } = visit;
        let owner = token(&request).and_then(|token| self.tokens.owner(&token));
        let (Some(Owner::User(owner)), Some(visitor)) = (owner, &ticket) else {
            return Ok(Visit { request, ticket });
        };
        Ticket::check(Some(&owner), Some(visitor))?;
        let Some(connection) = owner.connection().filter(|_| visitor.outlasts(&owner)) else {
            return Ok(Visit { request, ticket });
        };
        let (head, body) = request.into_parts();
        let taken = if connection.id_is_token() {
            owner.take_time(visitor);
            Ok(head)
        } else {
            self.take(&connection, (&owner, visitor), head).await
        };
        let Ok(head) = taken else {
            let end = DisconnectReason::Aborted(CloseMessage::new());
            connection.request_close(end);
            return Err(Refusal::Forbidden);
        };
        let request = Request::from_parts(head, body);
        Ok(Visit { request, ticket })
    }

    /// Asks the application, and has the connection go on as that of the new user.
    async fn take(
        &self,
        connection: &Arc<Connection>,
        (owner, visitor): (&Ticket, &Ticket),
        head: Parts,
    ) -> Result<Parts, Failure> {
        let head = HttpRequest::new(head);
        let refresh = AuthenticationRefresh::new(head.clone(), connection, (owner, visitor));
        if !self.gate.allows_refresh(refresh).await {
            return Err(Failure::Rejected);
        }
        owner.refresh(visitor);
        connection.note_refreshed();
        tracing::debug!(
            target: targets::AUTHORIZATION,
            connection_id = %connection.log_id(),
            "a connection's authentication was refreshed"
        );
        Ok(head.into_parts())
    }
}
