use super::drain::Drain;
use super::hubs::{Hubs, Inner};
use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Request, StatusCode};
use serde::Serialize;
use std::collections::BTreeMap;

/// How a server's hubs are doing, for whoever sends it clients; made by [`Hubs::health`].
///
/// As an axum response it is 200 or 503 and JSON, such as
/// `{"status":"ready","connections":2,"hubs":{"ChatHub":2}}`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Health {
    is_ready: bool,
    connections: BTreeMap<String, usize>,
}

impl Health {
    /// Whether new connections are taken: not once the server, or its hubs, shut down.
    pub fn is_ready(&self) -> bool {
        self.is_ready
    }

    /// All connections that are open.
    pub fn connections(&self) -> usize {
        self.connections.values().sum()
    }

    /// The connections of each hub, and of each path of a connection handler, in the order of their
    /// names.
    pub fn hubs(&self) -> impl Iterator<Item = (&str, usize)> {
        self.connections
            .iter()
            .map(|(name, &connections)| (name.as_str(), connections))
    }

    fn status(&self) -> &'static str {
        if self.is_ready { "ready" } else { "draining" }
    }
}

impl Hubs {
    /// Whether the hubs take connections, and how many there are.
    ///
    /// That a [`serve`](crate::serve()) has begun to shut down is not seen here, since hubs may be
    /// served by several: [`health_routes`](Self::health_routes) sees it.
    pub fn health(&self) -> Health {
        let Inner { hubs, raw, .. } = &*self.0;
        let of_hubs = hubs.iter().map(|hub| {
            let live = hub.live();
            (hub.name(), live.is_closed(), live.len())
        });
        let of_handlers = raw.iter().map(|handler| {
            let live = handler.live();
            (handler.path(), live.is_closed(), live.len())
        });
        let mut health = Health {
            is_ready: true,
            connections: BTreeMap::new(),
        };
        for (name, is_closed, connections) in of_hubs.chain(of_handlers) {
            health.is_ready &= !is_closed;
            health.connections.insert(name.to_owned(), connections);
        }
        health
    }

    /// A path for load balancers: 200 while the server takes connections, 503 from the beginning of
    /// its shutdown. See [`Health`] for the body. It shows how many are connected: where that is a
    /// secret, serve it on a port of its own.
    ///
    /// ```
    /// # use hub_runtime::prelude::*;
    /// # #[hub] pub trait ChatHub {}
    /// # struct Chat;
    /// # impl ChatHub for Chat {}
    /// # fn main() -> Result<(), hub_runtime::BuildError> {
    /// use hub_runtime::Hubs;
    ///
    /// let hubs = Hubs::builder().hub::<dyn ChatHub>("/hubs/chat", Chat).build()?;
    /// let app = hubs.mount(hubs.health_routes("/health"));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// As axum's `Router::route`: when the path does not begin with `/`.
    pub fn health_routes(&self, path: &str) -> Router {
        let hubs = self.clone();
        let answer = move |request: Request<Body>| {
            let mut health = hubs.health();
            let drain = request.extensions().get::<Drain>();
            health.is_ready &= !drain.is_some_and(Drain::has_begun);
            std::future::ready(health)
        };
        Router::new().route(path, get(answer))
    }
}

/// What is sent.
#[derive(Serialize)]
struct Report<'a> {
    status: &'static str,
    connections: usize,
    hubs: &'a BTreeMap<String, usize>,
}

impl IntoResponse for Health {
    fn into_response(self) -> Response {
        let status = if self.is_ready {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        };
        let report = Report {
            status: self.status(),
            connections: self.connections(),
            hubs: &self.connections,
        };
        let body = serde_json::to_vec(&report).unwrap_or_default();
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (status, headers, body).into_response()
    }
}
