//! `HubContext` as an axum extractor.

use crate::clients::HubContext;
use crate::contract::HubContract;
use crate::hub_contexts::{HubContexts, HubNotMounted};
use axum_core::extract::FromRequestParts;
use axum_core::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;

impl IntoResponse for HubNotMounted {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.to_string()).into_response()
    }
}

impl<S: Sync, H: HubContract + ?Sized> FromRequestParts<S> for HubContext<H> {
    type Rejection = HubNotMounted;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HubNotMounted> {
        let hubs = parts.extensions.get::<HubContexts>();
        hubs.map_or_else(|| Err(HubNotMounted::new::<H>()), HubContexts::get)
    }
}
