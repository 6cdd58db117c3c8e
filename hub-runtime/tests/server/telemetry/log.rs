use super::{Log, logging};
use crate::client::{Client, negotiated, request};
use crate::hub::Server;
use serde_json::json;

/// The life of a connection that calls, fails, and says goodbye.
async fn a_life(server: &Server) {
    let path = negotiated(server).await;
    let mut client = Client::json_at(server, &path).await;
    client.invoke("Add", json!([1, 2])).await;
    client.invoke("Panic", json!([])).await;
    client.invoke("Nothing\nof the kind", json!([])).await;
    client
        .send(json!({"type": 4, "invocationId": "s", "target": "Endless", "arguments": []}))
        .await;
    client
        .send(json!({"type": 7, "error": "bye\nand a forged line"}))
        .await;
    while client.message().await.is_some() {}
    server.hubs.shutdown().await;
}

/// The parts of a line that are the same each time.
fn check(line: &str, start: &str, parts: &[&str]) {
    assert!(line.starts_with(start), "{line}");
    for part in parts {
        assert!(line.contains(part), "{part} is not in {line}");
    }
}

#[tokio::test]
async fn at_info_a_connection_is_two_lines() {
    let (log, _guard) = logging("info");
    a_life(&Server::start().await).await;
    let lines = log.lines("hub_runtime::session");
    assert_eq!(lines.len(), 2, "{}", log.text());
    let who = ["hub=\"TestHub\"", "connection_id=", "transport=WebSockets"];
    check(
        &lines[0],
        "INFO hub_runtime::session: a connection was opened",
        &[&who[..], &["protocol=\"json\""]].concat(),
    );
    check(
        &lines[1],
        "INFO hub_runtime::session: a connection was closed",
        &[
            &who[..],
            &[
                "reason=\"the client closed the connection with an error: bye",
                "duration_ms=",
            ],
        ]
        .concat(),
    );
    // A panic is an error at any level; nothing else is said of calls.
    let calls = log.lines("hub_runtime::dispatch");
    assert!(
        calls.iter().all(|line| !line.starts_with("INFO")),
        "{calls:?}"
    );
    print("info", &log);
}

#[tokio::test]
async fn a_category_is_one_line_of_the_filter() {
    let (log, _guard) = logging("off,hub_runtime::dispatch=debug");
    a_life(&Server::start().await).await;
    let text = log.text();
    let is_of_it = |line: &str| line.contains(" hub_runtime::dispatch: ");
    assert!(text.lines().all(is_of_it), "{text}");
    let ended: Vec<_> = text
        .lines()
        .filter(|line| line.contains("a call has ended"))
        .collect();
    let check = |at: usize, parts: &[&str]| check(ended[at].trim_start(), "20", parts);
    check(
        0,
        &[
            "hub=\"TestHub\"",
            "method=\"Add\"",
            "outcome=\"ok\"",
            "duration_us=",
        ],
    );
    check(1, &["method=\"Panic\"", "outcome=\"error\""]);
    check(
        2,
        &["method=\"Nothing\\nof the kind\"", "outcome=\"refused\""],
    );
    assert_eq!(
        ended.len(),
        3,
        "the stream was not ended by its caller: {text}"
    );
}

#[tokio::test]
async fn at_debug_calls_and_requests_are_told() {
    let (log, _guard) = logging("hub_runtime=debug,hub_runtime::spans=off");
    a_life(&Server::start().await).await;
    for part in [
        "a request was answered hub=\"TestHub\" method=POST route=Negotiate status=200",
        "a request was answered hub=\"TestHub\" method=GET route=Hub status=101",
        "a connection was opened",
        "a call has ended",
        "a call was refused",
        "a connection was closed",
    ] {
        assert!(
            log.text().contains(part),
            "{part} is not in\n{}",
            log.text()
        );
    }
    print("debug", &log);
}

#[tokio::test]
async fn a_client_ended_a_line_of_the_log() {
    let (log, _guard) = logging("trace");
    a_life(&Server::start().await).await;
    let text = log.text();
    let is_ours = |line: &str| line.starts_with("20") || line.starts_with(' ');
    assert!(text.lines().all(is_ours), "{text}");
}

#[tokio::test]
async fn whoever_does_not_speak_the_protocol_is_no_news() {
    let (log, _guard) = logging("info");
    let server = Server::start().await;
    let mut client = Client::raw(&server, "").await;
    client.text("GET / HTTP/1.1\u{1e}").await;
    while client.message().await.is_some() {}
    assert_eq!(request(&server, "POST", "/hubs/test?id=x").await.0, 404);
    server.hubs.shutdown().await;
    assert!(
        log.lines("hub_runtime::session").is_empty(),
        "{}",
        log.text()
    );
}

#[tokio::test]
async fn users_are_named_where_they_may_be() {
    use hub_runtime::User;
    for named in [true, false] {
        let (log, _guard) = logging("hub_runtime=debug");
        let server = Server::made(
            |builder| {
                let builder = builder.identify(|_| Some(User::new("ann")));
                builder.options(|options| options.log_user_ids = named)
            },
            axum::Router::new(),
        )
        .await;
        a_life(&server).await;
        assert_eq!(log.text().contains("ann"), named, "{}", log.text());
    }
}

/// For `--no-capture`: what a user will see.
fn print(level: &str, log: &Log) {
    println!("--- {level}\n{}", log.text());
}
