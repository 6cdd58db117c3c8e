//! Every request is answered, and none with 500.

use crate::support::{
    Client, Http, Over, Protocol, Server, Transport, figure, negotiate, request, soon,
};
use std::time::{Duration, Instant};
use tokio::io::AsyncReadExt as _;
use tokio::task::JoinSet;

const METHODS: [&str; 10] = [
    "GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "get",
];

const PATHS: [&str; 13] = [
    "/hubs/test",
    "/hubs/test/negotiate",
    "/HUBS/TEST/Negotiate",
    "/testhub",
    "/testhub-nowebsockets",
    "/uncreatable",
    "/echo",
    "/redirect",
    "/bad-negotiate",
    "/echoredirect/x",
    "/clientresult/nobody",
    "/deployment",
    "/nowhere",
];

/// What may stand behind a path.
const ENDS: [&str; 16] = [
    "",
    "/",
    "/negotiate/",
    "//negotiate",
    "/..",
    "/%00",
    "?",
    "?id",
    "?id=",
    "?id=nobody",
    "?id=%ff%fe",
    "?id=a&id=b",
    "?negotiateVersion=99999999999999999999",
    "?negotiateVersion=-1",
    "?negotiateVersion=1&useStatefulReconnect=perhaps",
    "?%=&=%&&&;=\"<>",
];

/// Headers that belong to something else, or are none.
const HEADERS: [&str; 9] = [
    "",
    "Accept: text/event-stream\r\n",
    "Accept: text/event-stream;q=0.9, \u{e9}\r\n",
    "Content-Type: application/json\r\n",
    "Connection: Upgrade\r\nUpgrade: websocket\r\n",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n",
    "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n",
    "Expect: 100-continue\r\n",
];

/// What was answered: a first answer may only say that the request may go on.
fn statuses(said: &[u8]) -> Vec<u16> {
    let said = String::from_utf8_lossy(said);
    let answers = said.split("HTTP/1.").skip(1);
    answers
        .filter_map(|answer| answer.split(' ').nth(1)?.get(..3)?.parse().ok())
        .collect()
}

/// A request as it stands is answered.
async fn is_answered(server: &Server, request: &str) -> u16 {
    let mut http = Http::connect(server.address).await;
    http.write(request).await;
    let statuses = statuses(&http.rest().await);
    let last = statuses.last().copied().unwrap_or(0);
    let begin: String = request.chars().take(200).collect();
    assert!((100..500).contains(&last), "{statuses:?} for {begin:?}");
    last
}

#[tokio::test]
async fn whatever_is_asked_for() {
    let server = Server::start(&[]).await;
    let mut count = 0;
    for path in PATHS {
        for method in METHODS {
            for end in ENDS {
                // All headers with some paths, and all paths with some headers.
                let headers = &HEADERS[count % HEADERS.len()];
                let request = format!(
                    "{method} {path}{end} HTTP/1.1\r\nHost: test\r\nContent-Length: 0\r\n\
                     Connection: close\r\n{headers}\r\n"
                );
                is_answered(&server, &request).await;
                count += 1;
            }
        }
    }
    figure(
        "requests without an answer, or with 500",
        format!("0 of {count}"),
        "0",
    );
    server.has_recovered().await;
}

/// Requests that HTTP/1.1 does not know.
fn malformed() -> Vec<String> {
    let long = "x".repeat(100_000);
    let many = "x: y\r\n".repeat(500);
    let end = "Host: test\r\nConnection: close\r\n\r\n";
    let post = "POST /hubs/test/negotiate HTTP/1.1\r\nHost: test\r\nConnection: close\r\n";
    vec![
        "GET /\r\n\r\n".to_owned(),
        "\0\0\0\0\r\n\r\n".to_owned(),
        "G@T / HTTP/1.1\r\n\r\n".to_owned(),
        "GET / HTTP/3.0\r\n\r\n".to_owned(),
        "GET  / HTTP/1.1\r\n\r\n".to_owned(),
        "GET hubs/test HTTP/1.1\r\n\r\n".to_owned(),
        format!("GET * HTTP/1.1\r\n{end}"),
        format!("OPTIONS * HTTP/1.1\r\n{end}"),
        format!("CONNECT test:80 HTTP/1.1\r\n{end}"),
        format!("GET http://elsewhere/hubs/test HTTP/1.1\r\n{end}"),
        format!("GET /hubs/test\0 HTTP/1.1\r\n{end}"),
        format!("GET /hubs/\u{e9} HTTP/1.1\r\n{end}"),
        format!("GET /hubs/test?id={} HTTP/1.1\r\n{end}", &long[..20_000]),
        format!("GET /{long} HTTP/1.1\r\n{end}"),
        format!("GET / HTTP/1.1\r\nx: {long}\r\n{end}"),
        format!("GET / HTTP/1.1\r\n{many}{end}"),
        "GET / HTTP/1.1\r\nno colon\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nx : y\r\n\r\n".to_owned(),
        "GET / HTTP/1.1\r\nx: \0\r\n\r\n".to_owned(),
        format!("{post}Content-Length: -1\r\n\r\n"),
        format!("{post}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
        format!("{post}Content-Length: 99999999999999999999\r\n\r\n"),
        format!("{post}Transfer-Encoding: chunked, nonsense\r\n\r\n"),
        format!("{post}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"),
        format!("{post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ]
}

#[tokio::test]
async fn whatever_is_no_request() {
    let server = Server::start(&[]).await;
    for request in malformed() {
        is_answered(&server, &request).await;
    }
    server.has_recovered().await;
}

#[tokio::test]
async fn whatever_is_asked_of_a_connection() {
    let server = Server::start(&["--poll-timeout", "50"]).await;
    for transport in [
        None,
        Some(Transport::WebSockets),
        Some(Transport::ServerSentEvents),
        Some(Transport::LongPolling),
    ] {
        for method in METHODS {
            for headers in HEADERS {
                let over = transport.map(|transport| (transport, Protocol::Json));
                let (_client, path) = named(&server, over).await;
                // Twice, since the first one may be its end.
                for body in ["", "{\"type\":7}\u{1e}"] {
                    let length = body.len();
                    let request = format!(
                        "{method} {path} HTTP/1.1\r\nHost: test\r\nContent-Length: {length}\r\n\
                         Connection: close\r\n{headers}\r\n{body}"
                    );
                    answered_or_begun(&server, &request).await;
                }
            }
        }
    }
    server.has_recovered().await;
}

/// A connection, or only what was negotiated, and the path that names it.
async fn named(server: &Server, over: Option<Over>) -> (Option<Client>, String) {
    let Some(over) = over else {
        let token = negotiate(server.address, "").await.token;
        return (None, format!("/hubs/test?id={token}"));
    };
    let client = Client::connect(server.address, over).await;
    let path = client.path().to_owned();
    (Some(client), path)
}

/// The head of an answer is there; what it begins need not end.
async fn answered_or_begun(server: &Server, request: &str) {
    let mut http = Http::connect(server.address).await;
    http.write(request).await;
    let mut head = [0; 12];
    let read = soon(http.0.read_exact(&mut head)).await;
    let status = statuses(&head).last().copied().unwrap_or(0);
    assert!(
        read.is_ok() && (100..500).contains(&status),
        "{status} for {request:?}"
    );
}

#[tokio::test]
async fn sixty_polls_at_once() {
    const POLLS: usize = 60;
    const LIMIT: Duration = Duration::from_secs(3);
    let server = Server::start(&[]).await;
    let over = (Transport::LongPolling, Protocol::Json);
    let mut client = Client::connect(server.address, over).await;
    let (address, path) = (server.address, client.path().to_owned());
    let (mut polls, start) = (JoinSet::new(), Instant::now());
    for _ in 0..POLLS {
        let path = path.clone();
        polls.spawn(async move { request(address, "GET", &path).await });
    }
    for _ in 1..POLLS {
        let answer = soon(polls.join_next())
            .await
            .expect("a poll")
            .expect("an answer");
        assert_eq!(answer.status, 204, "{answer:?}");
    }
    let elapsed = start.elapsed();
    figure(
        "60 polls at once: 59 answered after",
        format!("{elapsed:?}"),
        "3 s",
    );
    assert!(elapsed <= LIMIT);
    let call = Protocol::Json.call("1", "Echo", &serde_json::json!(["last"]));
    client.send_bytes(&call).await;
    let last = soon(polls.join_next())
        .await
        .expect("a poll")
        .expect("an answer");
    assert_eq!(last.status, 200);
    assert!(last.text().contains("\"last\""), "{}", last.text());
    client.stop().await;
    server.has_recovered().await;
}
