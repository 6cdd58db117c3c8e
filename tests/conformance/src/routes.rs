//! The routes around the hubs.

use crate::authorized::{Issuer, generate_token};
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::middleware::Next;
use axum::response::{Json, Response};
use axum::routing::{any, get};
use chrono::{TimeDelta, Utc};
use http::header::{CONNECTION, CONTENT_TYPE, HOST, HeaderValue, LOCATION, SET_COOKIE};
use http::uri::{Authority, Scheme};
use http::{Method, StatusCode, Version};
use hub_conformance_contract::FunctionalHub;
use hub_runtime::HubContext;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tower_http::cors::{AllowHeaders, AllowMethods, AllowOrigin, CorsLayer};
use tower_service::Service as _;

/// Everything that is no hub.
pub(crate) fn router(issuer: Issuer) -> Router {
    let redirects = Arc::new(AtomicU32::new(0));
    Router::new()
        .route("/redirect", any(redirect))
        .route("/redirect/{*rest}", any(redirect))
        .with_state(redirects)
        .route("/bad-negotiate", any(bad_negotiate))
        .route("/bad-negotiate/{*rest}", any(bad_negotiate))
        .route("/echoredirect", any(echo_redirect))
        .route("/echoredirect/{*rest}", any(echo_redirect))
        .route("/clientresult/{id}", get(client_result))
        .route("/deployment", get(deployment))
        .route("/generateJwtToken", get(generate_token).with_state(issuer))
}

/// Sends a client that negotiates to the hub, and counts how often it did. The answer has no
/// content type, as the reference's.
async fn redirect(
    State(redirects): State<Arc<AtomicU32>>,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    let base = query.iter().find(|(key, _)| key == "baseUrl");
    let base = base.map_or("", |(_, url)| url);
    let number = redirects.fetch_add(1, Ordering::Relaxed) + 1;
    let url = format!("{base}/testHub?numRedirects={number}");
    let mut response = Response::new(Body::from(json!({ "url": url }).to_string()));
    response.headers_mut().remove(CONTENT_TYPE);
    response
}

async fn bad_negotiate() -> (StatusCode, &'static str) {
    (StatusCode::BAD_REQUEST, "Some response from server")
}

/// Whether a request came over HTTPS.
fn is_secure(request: &Request) -> bool {
    request.extensions().get() == Some(&Scheme::HTTPS)
}

/// To `/echo…`, with the same method, path and query. The event streams of Node clients follow whole
/// addresses only, and forget the request that was redirected, so its connection ends here.
async fn echo_redirect(request: Request) -> Result<Response, StatusCode> {
    let scheme = if is_secure(&request) { "https" } else { "http" };
    let uri = request.uri();
    let target = uri
        .path_and_query()
        .and_then(|whole| whole.as_str().strip_prefix("/echoredirect"));
    let host = request.headers().get(HOST).and_then(|it| it.to_str().ok());
    let host = host.or(uri.authority().map(Authority::as_str));
    let host = host.ok_or(StatusCode::BAD_REQUEST)?;
    let target = format!("{scheme}://{host}/echo{}", target.unwrap_or_default());
    let target = HeaderValue::from_str(&target).map_err(|_| StatusCode::BAD_REQUEST)?;
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let headers = response.headers_mut();
    headers.insert(LOCATION, target);
    if request.version() < Version::HTTP_2 {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    Ok(response)
}

/// Asks a client, from outside of any call.
async fn client_result(hub: HubContext<dyn FunctionalHub>, Path(id): Path<String>) -> String {
    match hub.clients().client(id).result().await {
        Ok(number) => number.to_string(),
        Err(error) => error.to_string(),
    }
}

async fn deployment() -> Json<Value> {
    Json(json!({
        "server": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "hubs": ["/testhub", "/testhub-nowebsockets", "/uncreatable", "/authorizedhub", "/hubs/test"],
        "protocols": ["json", "messagepack"],
        "handlers": ["/echo"],
    }))
}

/// Adds cookies to every answer to negotiate: two that last, and one that has expired. Over HTTPS
/// they are such that pages of other sites may use them.
pub(crate) async fn cookies(request: Request, next: Next) -> Response {
    let path = request.uri().path().trim_end_matches('/');
    let is_negotiate = path.to_ascii_lowercase().ends_with("/negotiate");
    let more = if is_secure(&request) {
        "; SameSite=None; Secure; Partitioned"
    } else {
        ""
    };
    let mut response = next.run(request).await;
    if is_negotiate {
        let past = Utc::now() - TimeDelta::hours(1);
        let past = past.format("%a, %d %b %Y %H:%M:%S GMT");
        for cookie in [
            "testCookie=testValue; path=/",
            "testCookie2=testValue2; path=/",
            &format!("expiredCookie=expired; expires={past}; path=/"),
        ] {
            let cookie =
                HeaderValue::try_from(format!("{cookie}{more}")).expect("a cookie is plain text");
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}

/// Lets pages of every origin use everything but `/hubs/…`, which keeps what the library does by
/// itself.
pub(crate) fn with_cors(app: Router) -> Router {
    let cors = CorsLayer::new()
        .allow_credentials(true)
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods(AllowMethods::mirror_request())
        .allow_headers(AllowHeaders::mirror_request());
    let open = app
        .clone()
        .layer(cors)
        .layer(axum::middleware::from_fn(without_content));
    Router::new().fallback(move |request: Request| {
        let keeps_defaults = request.uri().path().starts_with("/hubs/");
        let mut chosen = if keeps_defaults { &app } else { &open }.clone();
        async move {
            let Ok(response) = chosen.call(request).await;
            response
        }
    })
}

/// Preflights are answered with 204, as in the reference, where the layer says 200.
async fn without_content(request: Request, next: Next) -> Response {
    let is_preflight = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    if is_preflight && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}
