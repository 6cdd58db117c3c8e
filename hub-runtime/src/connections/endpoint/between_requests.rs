//! Connections between requests: event streams, long polling, and what their clients post.

use super::responses::{other_transport, plain, unknown_connection, without_token};
use super::{Endpoint, Visit, token};
use crate::connections::mailslot::Mailslot;
use crate::connections::tokens::{Active, Claim, Letterbox, Waiting};
use crate::connections::{event_stream, long_polling, opening};
use crate::identity::Refusal;
use axum::response::Response;
use http::StatusCode;
use http_body_util::BodyExt as _;
use hub_core::negotiate::TransportType;
use std::sync::Arc;

impl Endpoint {
    pub(super) fn connect_event_stream(
        self: &Arc<Self>,
        mut visit: Visit,
    ) -> Result<Response, Refusal> {
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

    pub(super) async fn poll(self: &Arc<Self>, mut visit: Visit) -> Result<Response, Refusal> {
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

    /// A request's bytes for an event stream or a polling connection (section 5.4).
    pub(super) async fn send(&self, Visit { request, ticket }: Visit) -> Result<Response, Refusal> {
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
    pub(super) fn end(&self, Visit { request, ticket }: &Visit) -> Result<Response, Refusal> {
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
