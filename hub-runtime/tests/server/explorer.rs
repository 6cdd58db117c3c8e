//! What the explorer serves. What its page does with it, a browser tests.

use axum::body::{Body, to_bytes};
use axum::response::Response;
use http::{Request, StatusCode};
use hub_runtime::prelude::*;
use hub_runtime::{Explorer, Hubs, TransportType};
use serde_json::{Value, json};
use tower_service::Service as _;

/// Says something.
#[hub_client]
pub trait ParrotClient {
    /// Asks for a word.
    async fn teach(&self, hint: String) -> String;
}

/// Repeats things.
#[hub(client = ParrotClient, version = 3)]
#[authorize(roles("KEEPER"))]
pub trait ParrotHub {
    /// What was said.
    async fn echo(&self, text: String) -> String;
    /// What is being said.
    fn chatter(&self, words: impl Stream<Item = u8>) -> impl Stream<Item = u8>;
}

struct Parrot;

impl ParrotHub for Parrot {
    async fn echo(&self, text: String) -> String {
        text
    }
    fn chatter(&self, words: impl Stream<Item = u8>) -> impl Stream<Item = u8> {
        words
    }
}

fn hubs() -> Hubs {
    Hubs::builder()
        .message_pack()
        .identify(|_| None)
        .hub::<dyn ParrotHub>("/hubs/parrot", Parrot)
        .also_at::<dyn ParrotHub>("/hubs/old", |options| {
            options.transports = options.transports.without(TransportType::WebSockets);
        })
        .build()
        .unwrap()
}

async fn get(explorer: Explorer, mount: &str, path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).unwrap();
    explorer.routes(mount).call(request).await.unwrap()
}

async fn text(response: Response) -> String {
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    String::from_utf8(body.to_vec()).unwrap()
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

#[tokio::test]
async fn the_page_may_ask_its_own_server_only_and_stands_in_no_frame() {
    for path in [
        "/tools/explorer/",
        "/tools/explorer/main.js",
        "/tools/explorer/hubs.json",
    ] {
        let response = get(Explorer::new(&hubs()), "/tools/explorer", path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let policy = header(&response, "content-security-policy");
        for rule in [
            "default-src 'none'",
            "connect-src 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.contains(rule), "{path}: {policy}");
        }
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
    }
}

#[tokio::test]
async fn a_path_without_its_slash_leads_to_the_page_also_behind_a_proxy() {
    let response = get(Explorer::new(&hubs()), "/tools/explorer", "/tools/explorer").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(header(&response, "location"), "explorer/");
}

#[tokio::test]
async fn it_may_be_mounted_at_the_root() {
    let response = get(Explorer::new(&hubs()), "/", "/").await;
    assert!(text(response).await.starts_with("<!doctype html>"));
    let outline = get(Explorer::new(&hubs()), "/", "/hubs.json").await;
    let outline: Value = serde_json::from_str(&text(outline).await).unwrap();
    assert_eq!(outline["mount"], "");
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    for path in [
        "/explorer/nothing.js",
        "/explorer/..%2fmod.rs",
        "/explorer/a/b",
    ] {
        let response = get(Explorer::new(&hubs()), "/explorer", path).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn the_client_is_compressed_and_says_so() {
    let response = get(Explorer::new(&hubs()), "/explorer", "/explorer/signalr.js").await;
    assert_eq!(header(&response, "content-encoding"), "gzip");
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    assert_eq!(body[..2], [0x1f, 0x8b]);
}

#[tokio::test]
async fn the_outline_says_all_that_the_page_shows() {
    let response = get(
        Explorer::new(&hubs()).title("Zoo"),
        "/explorer",
        "/explorer/hubs.json",
    )
    .await;
    let outline: Value = serde_json::from_str(&text(response).await).unwrap();
    let expected = json!({
        "title": "Zoo",
        "mount": "/explorer",
        "protocols": ["json", "messagepack"],
        "hubs": [{
            "name": "ParrotHub",
            "docs": "Repeats things.",
            "version": 3,
            "requirements": [{ "roles": ["KEEPER"], "policy": null }],
            "paths": [
                { "path": "/hubs/parrot", "transports": ["WebSockets", "ServerSentEvents", "LongPolling"] },
                { "path": "/hubs/old", "transports": ["ServerSentEvents", "LongPolling"] },
            ],
            "methods": [
                {
                    "name": "Echo", "docs": "What was said.", "streams": false, "requirements": [],
                    "parameters": [{ "name": "text", "upload": false }],
                },
                {
                    "name": "Chatter", "docs": "What is being said.", "streams": true, "requirements": [],
                    "parameters": [{ "name": "words", "upload": true }],
                },
            ],
            "events": [{
                "name": "Teach", "docs": "Asks for a word.", "hasResult": true,
                "parameters": [{ "name": "hint", "upload": false }],
            }],
        }],
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&outline[key], value, "{key}");
    }
    assert_eq!(
        outline["schema"]["$defs"]["ParrotHub.Echo.answer"],
        json!({ "type": "string" })
    );
}

#[tokio::test]
async fn the_documents_are_beside_the_page() {
    let response = get(
        Explorer::new(&hubs()).title("Zoo"),
        "/explorer",
        "/explorer/asyncapi.json",
    )
    .await;
    assert_eq!(header(&response, "content-type"), "application/json");
    let document: Value = serde_json::from_str(&text(response).await).unwrap();
    assert_eq!(document["info"]["title"], "Zoo");
    assert_eq!(document["channels"]["ParrotHub"]["address"], "/hubs/parrot");
    let schema = get(Explorer::new(&hubs()), "/explorer", "/explorer/schema.json").await;
    assert!(text(schema).await.contains("ParrotHub.Echo.arguments"));
}
