//! Bearer tokens: where they stand, and where they must not.

use super::hub::{Who, ask, connect, negotiate, negotiated, start, status, upgrade};
use crate::client::Client;
use serde_json::json;
use std::io;
use std::sync::{Arc, Mutex};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

#[tokio::test]
async fn browsers_put_the_token_into_the_query() {
    let server = start().await;
    let socket = format!("/closed?{}", Who::User.access_token());
    let mut client = Client::raw_at(&server, &socket).await;
    client.shake_hands().await;
    assert_eq!(client.invoke("Who", json!([])).await["result"], "ann");
    let path = negotiated(&server, Who::User, "/closed").await;
    let check = async |who: Who, expected| {
        let events = format!("{path}&accept-events&{}", who.access_token());
        let found = status(&server, Who::NoToken, "GET", &events).await;
        assert_eq!(found, expected, "{who:?}");
    };
    check(Who::NoToken, 401).await;
    check(Who::Expired, 401).await;
    check(Who::WrongSignature, 401).await;
    check(Who::Thief, 403).await;
    check(Who::User, 200).await;
    for who in [Who::Expired, Who::WrongSignature, Who::NoToken] {
        let socket = format!("/closed?{}", who.access_token());
        assert_eq!(upgrade(&server, "", &socket).await.err(), Some(401));
    }
}

#[tokio::test]
async fn a_refused_client_is_told_what_is_asked_for() {
    let server = start().await;
    let check = async |who, status, challenge: Option<&str>| {
        let answer = ask(&server, who, "POST", "/closed/negotiate", "").await;
        assert_eq!(answer.status, status);
        let found = answer
            .head
            .lines()
            .find_map(|it| it.strip_prefix("www-authenticate: "));
        assert_eq!(found, challenge);
    };
    check(Who::NoToken, 401, Some("bearer")).await;
    check(Who::Expired, 401, Some("bearer error=\"invalid_token\"")).await;
    check(
        Who::WrongSignature,
        401,
        Some("bearer error=\"invalid_token\""),
    )
    .await;
    check(Who::User, 200, None).await;
}

/// What has been logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn tokens_never_reach_the_log() {
    let log = Log::default();
    let writer = log.clone();
    let _logging = tracing_subscriber::fmt()
        .with_max_level(LevelFilter::TRACE)
        .with_writer(move || writer.clone())
        .set_default();
    let server = start().await;
    let (_, token) = negotiate(&server, Who::User, "/closed").await;
    let path = format!("/closed?id={token}&{}", Who::User.access_token());
    let mut client = connect(&server, Who::User, &path, 1).await;
    client.invoke("Role", json!([])).await;
    client.invoke("Policy", json!(["boss"])).await;
    for who in [Who::Expired, Who::WrongSignature, Who::Thief, Who::User] {
        for method in ["GET", "POST", "DELETE"] {
            ask(&server, who, method, &path, "x").await;
        }
        let refused = upgrade(&server, &who.header(), &path).await;
        assert!(refused.is_err());
        let in_query = format!("/closed?id={token}&{}", who.access_token());
        assert_ne!(status(&server, Who::NoToken, "GET", &in_query).await, 200);
    }
    client.close().await;
    server.hubs.shutdown().await;
    let log = String::from_utf8(log.0.lock().unwrap().clone()).expect("text");
    for expected in [
        "the token has expired",
        "a request was refused",
        "a connection was closed",
    ] {
        assert!(log.contains(expected), "{expected} is not in\n{log}");
    }
    // The first characters of every token of this kind.
    for secret in [token.as_str(), "eyJ", "access_token"] {
        assert!(!log.contains(secret), "{secret} is in\n{log}");
    }
}
