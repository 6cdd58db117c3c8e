use crate::client::{Client, negotiated, request};
use crate::hub::Server;
use serde_json::{Value, json};

async fn negotiate(server: &Server, query: &str) -> Value {
    let (status, body) = request(server, "POST", &format!("/hubs/test/negotiate{query}")).await;
    assert_eq!(status, 200);
    serde_json::from_str(&body).expect("JSON")
}

#[tokio::test]
async fn version_one_has_an_id_and_a_secret_token() {
    let server = Server::start().await;
    let body = negotiate(&server, "?negotiateVersion=1").await;
    assert_eq!(body["negotiateVersion"], 1);
    assert_ne!(body["connectionId"], body["connectionToken"]);
    let transports = json!([
        {"transport": "WebSockets", "transferFormats": ["Text", "Binary"]},
        {"transport": "ServerSentEvents", "transferFormats": ["Text"]},
        {"transport": "LongPolling", "transferFormats": ["Text", "Binary"]},
    ]);
    assert_eq!(body["availableTransports"], transports);
}

#[tokio::test]
async fn version_zero_has_one_id() {
    let server = Server::start().await;
    let body = negotiate(&server, "").await;
    assert_eq!(body["negotiateVersion"], 0);
    assert_eq!(body.get("connectionToken"), None);
}

#[tokio::test]
async fn versions_that_are_refused() {
    let server = Server::with(|options| options.minimum_protocol_version = 1).await;
    let error = "The client requested version '0', but the server does not support this version.";
    assert_eq!(negotiate(&server, "").await, json!({"error": error}));
    let error = "The client requested a non-integer protocol version.";
    assert_eq!(
        negotiate(&server, "?negotiateVersion=x").await,
        json!({"error": error})
    );
}

#[tokio::test]
async fn the_public_id_opens_nothing() {
    let server = Server::start().await;
    let body = negotiate(&server, "?negotiateVersion=1").await;
    let id = body["connectionId"].as_str().unwrap();
    let answer = request(&server, "POST", &format!("/hubs/test?id={id}")).await;
    assert_eq!(answer, (404, "No Connection with that ID".to_owned()));
}

#[tokio::test]
async fn a_negotiated_connection_has_its_id_and_its_token_works_once() {
    let server = Server::start().await;
    let body = negotiate(&server, "?negotiateVersion=1").await;
    let query = format!("?id={}", body["connectionToken"].as_str().unwrap());
    let _client = Client::raw(&server, &query).await;
    let second = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    let url = format!("ws://{}/hubs/test{query}", server.address);
    let refused = tokio_tungstenite::client_async(url, second)
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("409"), "{refused}");
}

#[tokio::test]
async fn requests_that_are_mistakes() {
    let server = Server::start().await;
    let check = async |method: &str, path: &str, status: u16, body: &str| {
        let answer = request(&server, method, path).await;
        assert_eq!(answer, (status, body.to_owned()), "{method} {path}");
    };
    check("GET", "/hubs/test/negotiate", 405, "").await;
    check("HEAD", "/hubs/test", 405, "").await;
    check("OPTIONS", "/hubs/test/negotiate", 405, "").await;
    check("PUT", "/hubs/test", 405, "").await;
    check("POST", "/hubs/test", 400, "Connection ID required").await;
    check("POST", "/hubs/test?id=", 400, "Connection ID required").await;
    check(
        "DELETE",
        "/hubs/test?id=x",
        404,
        "No Connection with that ID",
    )
    .await;
    check("GET", "/hubs/test", 400, "Connection ID required").await;
    check(
        "GET",
        "/hubs/test?accept-events",
        400,
        "Connection ID required",
    )
    .await;
    check("GET", "/hubs/test?id=x", 404, "No Connection with that ID").await;
    check(
        "GET",
        "/hubs/test?id=x&accept-events",
        404,
        "No Connection with that ID",
    )
    .await;
    check("GET", "/hubs/other", 404, "").await;
}

#[tokio::test]
async fn paths_match_ignoring_case() {
    let server = Server::start().await;
    let (status, _) = request(&server, "POST", "/HUBS/Test/Negotiate?NEGOTIATEVERSION=1").await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_panic_in_identify_does_not_use_the_token_up() {
    let server = Server::start().await;
    let body = negotiate(&server, "?negotiateVersion=1").await;
    let query = format!("?id={}", body["connectionToken"].as_str().unwrap());
    let stream = tokio::net::TcpStream::connect(server.address)
        .await
        .unwrap();
    let url = format!("ws://{}/hubs/test{query}&nobody", server.address);
    assert!(tokio_tungstenite::client_async(url, stream).await.is_err());
    let mut client = Client::raw(&server, &query).await;
    client.shake_hands().await;
}

#[tokio::test]
async fn a_transport_can_be_switched_off() {
    use hub_runtime::{TransportType, Transports};
    let only_web_sockets = Transports::NONE.with(TransportType::WebSockets);
    let server = Server::with(move |options| options.transports = only_web_sockets).await;
    let body = negotiate(&server, "?negotiateVersion=1").await;
    assert_eq!(
        body["availableTransports"].as_array().map(Vec::len),
        Some(1)
    );
    let (status, body) = request(&server, "GET", "/hubs/test?id=x").await;
    let text = "LongPolling transport not supported by this end point type";
    assert_eq!((status, body.as_str()), (404, text));
}

#[tokio::test]
async fn a_transport_cannot_be_changed() {
    let server = Server::start().await;
    let path = negotiated(&server).await;
    assert_eq!(request(&server, "GET", &path).await.0, 200);
    let (status, body) = request(&server, "GET", &format!("{path}&accept-events")).await;
    assert_eq!(
        (status, body.as_str()),
        (400, "Cannot change transports mid-connection")
    );
}
