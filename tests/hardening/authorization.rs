//! Rights are those that a connection began with, end with its token, and leave no trace in the log.

use crate::support::{
    Client, OVER_EVERYTHING, Server, Transport, figure, negotiate_at, request, request_with,
};
use serde_json::json;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const HUB: &str = "/authorizedhub";

/// A token as it goes into a query, behind other keys.
async fn token(server: SocketAddr, query: &str) -> String {
    let answer = request(server, "GET", &format!("/generateJwtToken{query}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    format!("&access_token={}", answer.text())
}

#[tokio::test]
async fn a_protected_method_is_refused_in_every_spelling_and_kind_of_call() {
    let server = Server::start(&[]).await;
    let address = server.address;
    let user = token(address, "?ttl=600").await;
    let admin = token(address, "?ttl=600&role=admin").await;
    let mut refused = 0;
    for over in OVER_EVERYTHING {
        for keys in ["", user.as_str()] {
            let mut client = Client::connect_at(address, over, "/hubs/test", keys).await;
            for target in ["AdminOnly", "adminonly", "ADMINONLY", "aDMINoNLY"] {
                let text = format!("Failed to invoke '{target}' because user is unauthorized");
                let answer = client.invoke(target, json!([])).await;
                assert_eq!(answer["error"], text, "{over:?}");
                client.stream("stream", target, json!([])).await;
                let answer = client.completion("stream").await;
                assert_eq!(answer["error"], text, "{over:?}");
                let call = json!({"type": 1, "target": target, "arguments": []});
                client.send(call).await;
                refused += 3;
            }
            if over.0 != Transport::WebSockets {
                // A later request's token gives no right, even if it is the same user's.
                let call = over.1.call("late", "AdminOnly", &json!([]));
                let (path, _) = client
                    .path()
                    .split_once("&access")
                    .unwrap_or((client.path(), ""));
                let path = format!("{path}{admin}");
                assert_eq!(
                    request_with(address, "POST", &path, &call).await.status,
                    200
                );
                let answer = client.completion("late").await;
                assert!(answer["error"].is_string(), "{answer}");
                refused += 1;
            }
            client.answers().await;
            client.stop().await;
        }
        let mut boss = Client::connect_at(address, over, "/hubs/test", &admin).await;
        let answer = boss.invoke("AdminOnly", json!([])).await;
        assert_eq!(answer["result"], "admin", "{over:?}");
        boss.stop().await;
    }
    figure(
        "authorization",
        format!("{refused} calls refused"),
        "all of them",
    );
    server.has_recovered().await;
}

#[tokio::test]
async fn a_connection_ends_with_its_token() {
    const LIMIT: Duration = Duration::from_secs(5);
    let server = Server::start(&[]).await;
    let mut longest = Duration::ZERO;
    for over in OVER_EVERYTHING {
        let keys = token(server.address, "?ttl=1").await;
        let expiry = Instant::now() + Duration::from_secs(1);
        let mut client = Client::connect_at(server.address, over, HUB, &keys).await;
        let last = client.last().await;
        // A poll that comes between the expiry and the look at the time is refused already.
        let is_told = last == Some(json!({"type": 7, "allowReconnect": true}));
        let may_be_refused = over.0 == Transport::LongPolling && last.is_none();
        assert!(is_told || may_be_refused, "{over:?}: {last:?}");
        longest = longest.max(expiry.elapsed());
        assert!(longest < LIMIT, "{over:?}: {longest:?}");
        for (method, path) in [
            ("POST", format!("{HUB}/negotiate?negotiateVersion=1{keys}")),
            ("GET", client.path().to_owned()),
            ("POST", client.path().to_owned()),
            ("DELETE", client.path().to_owned()),
        ] {
            let status = request(server.address, method, &path).await.status;
            assert_eq!(status, 401, "{over:?} {method}");
        }
    }
    figure(
        "token expiry",
        format!("closed {} ms after it, then 401", longest.as_millis()),
        "within 5 s, then 401",
    );
    server.has_recovered().await;
}

#[tokio::test]
async fn secrets_never_reach_the_log() {
    let log = std::env::temp_dir().join(format!("hub-secrets-{}.log", std::process::id()));
    let file = log.display().to_string();
    let server = Server::start(&["--log-file", &file]).await;
    let keys = token(server.address, "?ttl=600&role=admin").await;
    let expired = token(server.address, "?ttl=-1").await;
    let mut secrets = Vec::new();
    for over in OVER_EVERYTHING {
        let mut client = Client::connect_at(server.address, over, HUB, &keys).await;
        client
            .invoke("Echo", json!(["a payload that nobody reads"]))
            .await;
        let id = client.path().split(['=', '&']).nth(1).expect("a token");
        secrets.push(id.to_owned());
        for method in ["GET", "POST", "DELETE"] {
            request(server.address, method, &format!("{HUB}?id={id}{expired}")).await;
            request(server.address, method, &format!("{HUB}?id={id}")).await;
        }
        client.stop().await;
    }
    secrets.push(negotiate_at(server.address, HUB, &keys).await.token);
    // What every token of this kind begins with.
    secrets.extend(["eyJ", "access_token", "a payload that nobody reads"].map(str::to_owned));
    server.has_recovered().await;
    let text = std::fs::read_to_string(&log).expect("a log");
    let _ = std::fs::remove_file(&log);
    assert!(
        text.contains("a request was refused"),
        "the log says nothing"
    );
    let found = secrets.iter().find(|secret| text.contains(secret.as_str()));
    assert_eq!(found, None);
    let bytes = text.len();
    figure(
        "secrets in logs",
        format!("none in {bytes} bytes at trace"),
        "none",
    );
}
