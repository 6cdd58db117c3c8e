//! Another user with a connection that is not theirs.

use super::hub::{Who, ask, connect, negotiate, negotiated, start, status, upgrade};
use crate::client::open_with;
use crate::hub::Server;
use serde_json::json;
use tokio::io::AsyncReadExt as _;

/// What a thief gets, at a path with somebody's connection in it.
async fn check(server: &Server, path: &str, expected: u16) {
    for who in [Who::Thief, Who::Admin] {
        for method in ["GET", "POST", "DELETE"] {
            let answer = ask(server, who, method, path, "x").await;
            assert_eq!(
                answer.status, expected,
                "{who:?} {method} {path}: {answer:?}"
            );
        }
        let events = status(server, who, "GET", &format!("{path}&accept-events")).await;
        assert_eq!(events, expected, "{who:?} {path}");
        let socket = upgrade(server, &who.header(), path).await;
        assert_eq!(socket.err(), Some(expected), "{who:?} {path}");
    }
}

#[tokio::test]
async fn a_stolen_connection_id_is_of_no_use() {
    let server = start().await;
    for path in ["/open", "/closed"] {
        let (id, token) = negotiate(&server, Who::User, path).await;
        let _client = connect(&server, Who::User, &format!("{path}?id={token}"), 1).await;
        check(&server, &format!("{path}?id={id}"), 404).await;
    }
}

#[tokio::test]
async fn a_stolen_token_is_of_no_use_before_its_user_comes() {
    let server = start().await;
    for path in ["/open", "/closed"] {
        let path = negotiated(&server, Who::User, path).await;
        check(&server, &path, 403).await;
        let mut client = connect(&server, Who::User, &path, 1).await;
        assert_eq!(client.invoke("Who", json!([])).await["result"], "ann");
    }
}

#[tokio::test]
async fn a_stolen_token_of_a_socket_is_of_no_use() {
    let server = start().await;
    for path in ["/open", "/closed"] {
        let path = negotiated(&server, Who::User, path).await;
        let mut client = connect(&server, Who::User, &path, 2).await;
        check(&server, &path, 403).await;
        let nobody = upgrade(&server, "", &path).await;
        assert_eq!(nobody.err(), Some(401));
        assert_eq!(client.invoke("Who", json!([])).await["result"], "ann");
    }
}

#[tokio::test]
async fn a_stolen_token_of_a_polling_connection_is_of_no_use() {
    let server = start().await;
    for path in ["/open", "/closed"] {
        let path = negotiated(&server, Who::User, path).await;
        assert_eq!(ask(&server, Who::User, "GET", &path, "").await.status, 200);
        check(&server, &path, 403).await;
        for stranger in [Who::NoToken, Who::Expired, Who::WrongSignature] {
            for method in ["GET", "POST", "DELETE"] {
                let answer = ask(&server, stranger, method, &path, "x").await;
                assert_eq!(answer.status, 401, "{stranger:?} {method}");
            }
        }
        let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
        let posted = ask(&server, Who::User, "POST", &path, handshake).await;
        assert_eq!(posted.status, 200);
        let answer = ask(&server, Who::User, "GET", &path, "").await;
        assert_eq!(answer.body, "{}\u{1e}");
    }
}

#[tokio::test]
async fn a_stolen_token_of_an_event_stream_is_of_no_use() {
    let server = start().await;
    let path = negotiated(&server, Who::User, "/open").await;
    let events = format!("{path}&accept-events");
    let mut stream = open_with(&server, "GET", &events, &Who::User.header(), "").await;
    stream.read_u8().await.expect("a stream that has begun");
    for who in [Who::Thief, Who::Admin] {
        assert_eq!(ask(&server, who, "POST", &path, "x").await.status, 403);
    }
    assert_eq!(
        ask(&server, Who::NoToken, "POST", &path, "x").await.status,
        401
    );
}

#[tokio::test]
async fn later_credentials_give_a_connection_no_rights() {
    let server = start().await;
    let (_, token) = negotiate(&server, Who::NoToken, "/open").await;
    let path = format!("/open?id={token}");
    assert_eq!(
        ask(&server, Who::NoToken, "GET", &path, "").await.status,
        200
    );
    let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
    let call = "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Role\",\"arguments\":[]}\u{1e}";
    let posted = ask(
        &server,
        Who::Admin,
        "POST",
        &path,
        &format!("{handshake}{call}"),
    )
    .await;
    assert_eq!(posted.status, 200);
    let mut answers = String::new();
    while !answers.contains("\"type\":3") {
        answers += &ask(&server, Who::Admin, "GET", &path, "").await.body;
    }
    assert!(
        answers.contains("because user is unauthorized"),
        "{answers}"
    );
}
