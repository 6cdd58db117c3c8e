//! Answers that say no, in the words of the reference.

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};

pub(super) fn without_token() -> Response {
    plain(StatusCode::BAD_REQUEST, "Connection ID required")
}

pub(super) fn unknown_connection() -> Response {
    plain(StatusCode::NOT_FOUND, "No Connection with that ID")
}

pub(super) fn other_transport() -> Response {
    plain(
        StatusCode::BAD_REQUEST,
        "Cannot change transports mid-connection",
    )
}

pub(super) fn plain(status: StatusCode, text: impl Into<Body>) -> Response {
    (
        status,
        [(CONTENT_TYPE, HeaderValue::from_static("text/plain"))],
        text.into(),
    )
        .into_response()
}

pub(in crate::connections) fn not_allowed(methods: &'static str) -> Response {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "");
    response
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(methods));
    response
}
