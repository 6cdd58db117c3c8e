//! Who may make requests at a path.

use super::authentication::{Authenticated, Authenticators, HttpRequest};
use super::authorization::has_roles;
use super::policy::{Policies, PolicyContext};
use super::refresh::AuthenticationRefresh;
use super::ticket::{Stranger, Ticket};
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use hub_core::contract::Authorize;
use std::sync::Arc;

/// What a path asks of every request: negotiate, transports, polls, posts and the rest (wire
/// specification, section 7).
#[derive(Debug)]
pub(crate) struct Gate {
    authenticators: Arc<Authenticators>,
    policies: Arc<Policies>,
    required: Vec<Authorize>,
}

/// Why a request is not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// 401: it has to say whose it is. Whether it tried to.
    Unauthorized { tried: bool },
    /// 403: it is of somebody who may not.
    Forbidden,
}

impl From<Stranger> for Refusal {
    fn from(stranger: Stranger) -> Self {
        match stranger {
            Stranger::Nobody => Self::Unauthorized { tried: false },
            Stranger::Another => Self::Forbidden,
        }
    }
}

impl Gate {
    pub(crate) fn new(
        authenticators: &Arc<Authenticators>,
        policies: &Arc<Policies>,
        required: Vec<Authorize>,
    ) -> Self {
        Self {
            authenticators: Arc::clone(authenticators),
            policies: Arc::clone(policies),
            required,
        }
    }

    /// Finds out whose a request is, and whether it may be made.
    pub(crate) async fn admit(
        &self,
        name: &str,
        request: Request<Body>,
    ) -> Result<(Request<Body>, Option<Arc<Ticket>>), Refusal> {
        if self.authenticators.is_empty() {
            // Nothing is required here then, which was checked when the hubs were built.
            return Ok((request, None));
        }
        let (parts, body) = request.into_parts();
        let head = HttpRequest::new(parts);
        let Authenticated { ticket, failed } = self.authenticators.run(&head).await;
        self.check(name, &head, ticket.as_ref(), failed).await?;
        let request = Request::from_parts(head.into_parts(), body);
        Ok((request, ticket))
    }

    async fn check(
        &self,
        name: &str,
        head: &HttpRequest,
        ticket: Option<&Arc<Ticket>>,
        tried: bool,
    ) -> Result<(), Refusal> {
        if self.required.is_empty() {
            return Ok(());
        }
        let ticket = ticket.ok_or(Refusal::Unauthorized { tried })?;
        let context = || PolicyContext::request(Arc::clone(ticket), name, head.clone());
        if has_roles(ticket.user(), &self.required)
            && self.policies.allow(&self.required, context).await
        {
            return Ok(());
        }
        Err(Refusal::Forbidden)
    }

    /// Whether the application lets a connection's authentication be refreshed.
    pub(crate) async fn allows_refresh(&self, refresh: AuthenticationRefresh) -> bool {
        self.authenticators.allow_refresh(refresh).await
    }

    /// The answer to a refused request. It has no body: clients then show the status's own phrase
    /// (section 3.3).
    pub(crate) fn refuse(&self, refusal: Refusal) -> Response {
        let mut response = match refusal {
            Refusal::Unauthorized { .. } => StatusCode::UNAUTHORIZED,
            Refusal::Forbidden => StatusCode::FORBIDDEN,
        }
        .into_response();
        let headers = response.headers_mut();
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-store"),
        );
        if let Some(challenge) = self.challenge(refusal) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }

    /// What the client is asked for (RFC 6750, section 3).
    fn challenge(&self, refusal: Refusal) -> Option<HeaderValue> {
        let scheme = self.authenticators.scheme()?;
        match refusal {
            Refusal::Unauthorized { tried: false } => Some(HeaderValue::from_static(scheme)),
            Refusal::Unauthorized { tried: true } => {
                HeaderValue::try_from(format!("{scheme} error=\"invalid_token\"")).ok()
            }
            Refusal::Forbidden => None,
        }
    }
}
