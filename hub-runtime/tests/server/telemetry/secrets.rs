//! Nothing by which one could act for a client is in the log, at any level, of ours or of what we
//! stand on.

use super::logging;
use crate::client::{Client, answer, open_with, request, send};
use crate::hub::Server;
use axum::Router;
use hub_runtime::{Authentication, Authorize, RawConnection, User};
use serde_json::{Value, json};
use tokio::net::TcpStream;

const BEARER: &str = "a-bearer-token-that-no-one-may-see";
const COOKIE: &str = "a-cookie-that-no-one-may-see";
const IN_QUERY: &str = "a-query-token-that-no-one-may-see";
const CONTENT: &str = "a-text-that-only-the-receiver-may-see";
const FAKE: &str = "an-unknown-token-that-may-be-a-mistyped-one";

/// What users may print does not print what it holds.
fn keeps_secrets(value: &impl std::fmt::Debug) {
    let text = format!("{value:?}");
    assert!(!text.contains("may-see") && !text.contains("id="), "{text}");
}

async fn echo(mut connection: RawConnection) {
    keeps_secrets(&connection);
    while let Some(message) = connection.receive().await {
        let _ = connection.send(message).await;
    }
}

/// Everybody is Ann who has one of the secrets.
async fn server() -> Server {
    Server::made(
        |builder| {
            builder
                .authenticate(async |request| {
                    keeps_secrets(&request);
                    let head = format!("{:?} {:?}", request.headers, request.uri);
                    if [BEARER, COOKIE, IN_QUERY]
                        .iter()
                        .any(|it| head.contains(it))
                    {
                        Authentication::user(User::new("ann"))
                    } else {
                        Authentication::failed("it has no secret")
                    }
                })
                .options(|options| {
                    options.authorization.push(Authorize::new());
                    options.allow_stateful_reconnects = true;
                })
                .connection_handler("/raw", echo)
        },
        Router::new(),
    )
    .await
}

fn headers() -> String {
    format!("Authorization: Bearer {BEARER}\r\nCookie: session={COOKIE}\r\n")
}

/// Negotiates in a version, and gives the token and what is not to be in the log of it.
async fn token(server: &Server, path: &str, version: u8) -> String {
    let path = format!(
        "{path}/negotiate?negotiateVersion={version}&access_token={IN_QUERY}&useStatefulReconnect=true"
    );
    let opened = open_with(server, "POST", &path, &headers(), "").await;
    let body: Value = serde_json::from_str(&answer(opened).await.body).expect("JSON");
    let token = body["connectionToken"]
        .as_str()
        .or(body["connectionId"].as_str());
    token.expect("a token").to_owned()
}

fn hub_path(token: &str) -> String {
    format!("/hubs/test?id={token}&access_token={IN_QUERY}")
}

fn call(target: &str, arguments: &Value) -> String {
    let call = json!({"type": 1, "invocationId": "1", "target": target, "arguments": arguments});
    format!("{call}\u{1e}")
}

async fn over_websockets(server: &Server, path: &str) {
    let mut client = Client::json_at(server, path).await;
    client.invoke("Echo", json!([CONTENT])).await;
    client.invoke("Broadcast", json!([CONTENT])).await;
    client.invoke("Panic", json!([])).await;
    client.invoke("Add", json!([CONTENT])).await;
    // The second transport of a connection.
    assert_ne!(request(server, "GET", path).await.0, 200);
    client.text("{no json").await;
    client.text("\u{1e}").await;
    client.last().await;
}

async fn over_polls(server: &Server, path: &str) {
    send(server, "GET", path, "").await;
    let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
    send(
        server,
        "POST",
        path,
        &(handshake.to_owned() + &call("Echo", &json!([CONTENT]))),
    )
    .await;
    let mut answers = String::new();
    while !answers.contains(CONTENT) {
        answers += &send(server, "GET", path, "").await.body;
    }
    assert_eq!(send(server, "DELETE", path, "").await.status, 202);
}

async fn over_events(server: &Server, path: &str) {
    let path = format!("{path}&accept-events");
    let stream = open_with(server, "GET", &path, "", "").await;
    send(
        server,
        "POST",
        &path,
        "{\"protocol\":\"nonsense\",\"version\":1}\u{1e}",
    )
    .await;
    answer(stream).await;
}

/// What is refused: nobody, strangers, unknown tokens, foreign pages.
async fn refusals(server: &Server, token: &str) {
    let paths = [
        format!("/hubs/test?id={token}"),
        hub_path(FAKE),
        format!("/hubs/test?id={FAKE}"),
    ];
    for path in &paths {
        for method in ["GET", "POST", "DELETE", "PUT"] {
            send(server, method, path, "x").await;
        }
    }
    let foreign = format!(
        "{}Origin: https://evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        headers()
    );
    let opened = open_with(server, "GET", &hub_path(token), &foreign, "").await;
    assert_eq!(answer(opened).await.status, 403);
}

/// A socket that is lost, and a client that comes back to its connection.
async fn lost_and_found(server: &Server, path: &str) {
    let mut client = Client::raw_at(server, path).await;
    client.send(json!({"protocol": "json", "version": 2})).await;
    client.next().await;
    client.invoke("Echo", json!([CONTENT])).await;
    client.vanish();
    let mut client = Client::raw_at(server, path).await;
    client.next().await;
    client.close().await;
}

#[tokio::test]
async fn secrets_never_reach_the_log() {
    let (log, _guard) = logging("trace");
    let server = server().await;
    let mut secrets = Vec::new();
    for version in [0, 1] {
        let tokens = {
            let mut tokens = Vec::new();
            for _ in 0..5 {
                tokens.push(token(&server, "/hubs/test", version).await);
            }
            tokens.push(token(&server, "/raw", version).await);
            tokens
        };
        over_websockets(&server, &hub_path(&tokens[0])).await;
        over_polls(&server, &hub_path(&tokens[1])).await;
        over_events(&server, &hub_path(&tokens[2])).await;
        refusals(&server, &tokens[3]).await;
        lost_and_found(&server, &hub_path(&tokens[4])).await;
        let mut raw = Client::raw_at(
            &server,
            &format!("/raw?id={}&access_token={IN_QUERY}", tokens[5]),
        )
        .await;
        raw.text(CONTENT).await;
        raw.close().await;
        secrets.extend(tokens);
    }
    // Broken before it is a request.
    let broken = format!(
        "GET {} HTTP/1.1\r\n{}no header\r\n\r\n",
        hub_path(&secrets[0]),
        headers()
    );
    tell(&server, broken.as_bytes()).await;
    server.hubs.shutdown().await;
    let text = log.text();
    for expected in [
        "a connection was opened",
        "a request was refused",
        "a call has ended",
        "received",
        "a panic",
        "another socket",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    secrets.extend([BEARER, COOKIE, IN_QUERY, CONTENT, FAKE].map(str::to_owned));
    for secret in secrets {
        let line = text.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret}");
    }
}

async fn tell(server: &Server, bytes: &[u8]) {
    use tokio::io::AsyncWriteExt as _;
    let mut stream = TcpStream::connect(server.address)
        .await
        .expect("the server listens");
    stream.write_all(bytes).await.expect("a request");
    let _ = answer(stream).await;
}
