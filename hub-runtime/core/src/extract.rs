//! `HubContext` as an axum extractor.

use crate::clients::HubContext;
use crate::contract::HubContract;
use crate::outlet::Port;
use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use std::any::TypeId;
use std::fmt;
use std::sync::Arc;

/// The mounted hubs by their contract, as a request's extension.
#[derive(Clone)]
pub struct HubContexts(Arc<[(TypeId, Arc<dyn Port>)]>);

impl HubContexts {
    /// The hubs of a server.
    pub fn new(hubs: Vec<(TypeId, Arc<dyn Port>)>) -> Self {
        Self(hubs.into())
    }

    /// The context of one hub, if it is mounted.
    pub fn get<H: HubContract + ?Sized>(&self) -> Option<HubContext<H>> {
        let found = self
            .0
            .iter()
            .find(|(contract, _)| *contract == TypeId::of::<H>());
        found.map(|(_, port)| HubContext::new(Arc::clone(port)))
    }
}

impl fmt::Debug for HubContexts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HubContexts({})", self.0.len())
    }
}

/// A handler asked for a [`HubContext`] that is not there: the rejection of the extractor, a
/// response with status 500 that says what to do.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the hub {hub} is not mounted here: give this handler's router to `Hubs::mount`")]
pub struct HubNotMounted {
    hub: &'static str,
}

impl IntoResponse for HubNotMounted {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}

impl<S: Sync, H: HubContract + ?Sized> FromRequestParts<S> for HubContext<H> {
    type Rejection = HubNotMounted;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HubNotMounted> {
        let hubs = parts.extensions.get::<HubContexts>();
        hubs.and_then(HubContexts::get).ok_or(HubNotMounted {
            hub: H::DESCRIPTION.name,
        })
    }
}
