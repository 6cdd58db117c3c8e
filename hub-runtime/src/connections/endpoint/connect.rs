//! Which transport a request asks for.

use super::responses::plain;
use super::websocket::foreign_origin;
use super::{Endpoint, Visit};
use crate::connections::long_polling;
use crate::connections::websocket::upgrade;
use crate::identity::Refusal;
use axum::response::Response;
use http::header::ACCEPT;
use http::{HeaderMap, StatusCode};
use hub_core::negotiate::TransportType;
use std::sync::Arc;

impl Endpoint {
    pub(super) async fn connect(self: &Arc<Self>, visit: Visit) -> Result<Response, Refusal> {
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
