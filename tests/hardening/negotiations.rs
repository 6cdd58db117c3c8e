//! Connections that have been negotiated: what their names open, and what they cost unused.

use crate::support::{
    Http, MIB, Server, WebSocket, figure, negotiate, negotiate_many, pipeline, request,
};
use std::collections::HashSet;
use std::time::{Duration, Instant};

const UNKNOWN: (u16, &str) = (404, "No Connection with that ID");

/// Every request that names a connection, and what it is answered.
async fn answers(server: &Server, name: &str) -> Vec<(u16, String)> {
    let path = format!("/hubs/test?id={name}");
    let mut answers = Vec::new();
    for method in ["GET", "POST", "DELETE"] {
        let answer = request(server.address, method, &path).await;
        answers.push((answer.status, answer.text().to_owned()));
    }
    let mut events = Http::connect(server.address).await;
    let accept = "Accept: text/event-stream\r\nConnection: close";
    events
        .write(format!(
            "GET {path} HTTP/1.1\r\nHost: test\r\n{accept}\r\n\r\n"
        ))
        .await;
    let answer = events.answer().await;
    answers.push((answer.status, answer.text().to_owned()));
    let refused = WebSocket::open(server.address, &path).await.err();
    answers.push((refused.unwrap_or(101), UNKNOWN.1.to_owned()));
    answers
}

#[tokio::test]
async fn only_the_secret_token_opens_a_connection() {
    let server = Server::start(&[]).await;
    let negotiated = negotiate(server.address, "").await;
    let token = &negotiated.token;
    let other_case: String = token
        .chars()
        .map(|letter| match letter {
            'a'..='z' => letter.to_ascii_uppercase(),
            _ => letter.to_ascii_lowercase(),
        })
        .collect();
    for name in [
        &negotiated.id,
        &token[1..],
        &token[..21],
        &format!("{token}="),
        &format!("{token}%20"),
        &other_case,
        "*",
        "%00",
    ] {
        for (status, text) in answers(&server, name).await {
            assert_eq!((status, text.as_str()), UNKNOWN, "{name}");
        }
    }
    // All the while the connection was there to be opened.
    let path = format!("/hubs/test?id={token}");
    assert!(WebSocket::open(server.address, &path).await.is_ok());
    server.has_recovered().await;
}

#[tokio::test]
async fn no_two_names_are_alike() {
    const CONNECTIONS: usize = 400;
    let server = Server::start(&[]).await;
    let mut names = HashSet::new();
    for negotiated in negotiate_many(server.address, CONNECTIONS).await {
        for name in [negotiated.id, negotiated.token] {
            // 128 bits in base64url.
            assert_eq!(name.len(), 22, "{name}");
            names.insert(name);
        }
    }
    figure("names unlike", names.len() / 2, CONNECTIONS);
    assert_eq!(names.len(), 2 * CONNECTIONS);
    // Nor do they resemble each other: no four letters stand at the same place twice too often.
    for place in 0..18 {
        let pieces: HashSet<&str> = names.iter().map(|name| &name[place..place + 4]).collect();
        assert!(pieces.len() > names.len() * 9 / 10, "at {place}");
    }
    server.has_recovered().await;
}

#[tokio::test]
async fn unused_ones_cost_little_and_expire() {
    const CONNECTIONS: usize = 3000;
    const TIMEOUT: Duration = Duration::from_secs(2);
    let server = Server::start(&["--disconnect-timeout", "2000"]).await;
    let before = server.process().resident();
    let start = Instant::now();
    let negotiated = negotiate_many(server.address, CONNECTIONS).await;
    let all_there = start.elapsed() < TIMEOUT;
    assert!(all_there, "the first ones had expired before the last");
    let cost = server.process().resident() - before;
    let goal = "40 MiB (goal 4 MiB)";
    figure(
        "3000 unused negotiations",
        format!("{} KiB", cost / 1024),
        goal,
    );
    assert!(cost <= 40 * MIB, "{cost}");
    let path = |token: &str| ("DELETE", format!("/hubs/test?id={token}"));
    let newest = path(&negotiated[CONNECTIONS - 1].token);
    let start = Instant::now();
    while request(server.address, newest.0, &newest.1).await.status != UNKNOWN.0 {
        assert!(start.elapsed() < TIMEOUT + Duration::from_secs(3));
    }
    figure(
        "the last of them is gone after",
        format!("{:?}", start.elapsed()),
        "2 s + 3 s",
    );
    let requests: Vec<_> = negotiated.iter().map(|it| path(&it.token)).collect();
    for answer in pipeline(server.address, &requests).await {
        assert_eq!((answer.status, answer.text()), UNKNOWN);
    }
    server.has_recovered().await;
}
