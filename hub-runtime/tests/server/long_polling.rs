use crate::client::{Answer, negotiated, open, send};
use crate::hub::{Noticed, Server};
use hub_runtime::DisconnectReason;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;

const HANDSHAKE: &str = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
const CLOSE: &str = "{\"type\":7}\u{1e}";

/// A polling connection behind its handshake.
pub(crate) async fn connected(server: &mut Server) -> String {
    let path = negotiated(server).await;
    let first = send(server, "GET", &path, "").await;
    assert_eq!((first.status, first.body.as_str()), (200, ""));
    assert_eq!(send(server, "POST", &path, HANDSHAKE).await.status, 200);
    assert_eq!(poll(server, &path).await.body, "{}\u{1e}");
    assert_eq!(server.noticed().await, Noticed::Connected);
    path
}

pub(crate) async fn poll(server: &Server, path: &str) -> Answer {
    send(server, "GET", path, "").await
}

/// A call whose answer is its text.
pub(crate) fn echo(text: &str) -> String {
    format!(
        "{{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[\"{text}\"]}}\u{1e}"
    )
}

#[tokio::test]
async fn messages_come_back_in_polls() {
    let mut server = Server::start().await;
    let path = connected(&mut server).await;
    let calls = echo("a") + &echo("b");
    let sent = send(&server, "POST", &path, &calls).await;
    assert_eq!((sent.status, sent.body.as_str()), (200, ""));
    assert!(sent.has("content-type: text/plain"));
    let answer = poll(&server, &path).await;
    let result =
        |text| format!("{{\"type\":3,\"invocationId\":\"1\",\"result\":\"{text}\"}}\u{1e}");
    assert_eq!(answer.body, result("a") + &result("b"));
    assert!(answer.has("content-type: application/octet-stream"));
    assert!(answer.has("cache-control: no-cache, no-store"));
    assert!(answer.has("expires: thu, 01 jan 1970 00:00:00 gmt"));
}

#[tokio::test]
async fn what_is_posted_before_the_first_poll_waits_for_it() {
    let mut server = Server::start().await;
    let path = negotiated(&server).await;
    let posted = send(&server, "POST", &path, &(HANDSHAKE.to_owned() + &echo("a"))).await;
    assert_eq!((posted.status, posted.body.as_str()), (200, ""));
    server.expect_silence();
    assert_eq!(poll(&server, &path).await.body, "");
    assert_eq!(server.noticed().await, Noticed::Connected);
    let mut answers = String::new();
    while !answers.contains("\"result\":\"a\"") {
        answers += &poll(&server, &path).await.body;
    }
    assert!(answers.starts_with("{}\u{1e}"), "{answers}");
}

#[tokio::test]
async fn a_post_that_waits_for_a_first_poll_ends_with_the_connection() {
    let short = Duration::from_millis(50);
    let server = Server::with(|options| options.disconnect_timeout = short).await;
    let path = negotiated(&server).await;
    let too_much = echo(&"x".repeat(1000)).repeat(200);
    assert_eq!(send(&server, "POST", &path, &too_much).await.status, 404);
}

#[tokio::test]
async fn a_poll_waits_for_messages() {
    let mut server = Server::start().await;
    let path = connected(&mut server).await;
    let mut waiting = open(&server, "GET", &path, "").await;
    send(&server, "POST", &path, &echo("late")).await;
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("\"result\":\"late\""), "{answer}");
}

#[tokio::test]
async fn a_poll_without_messages_ends_empty() {
    let short = Duration::from_millis(20);
    let mut server = Server::with(|options| options.long_polling_poll_timeout = short).await;
    let path = connected(&mut server).await;
    let answer = poll(&server, &path).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert!(answer.has("content-type: text/plain"));
    assert!(answer.has("content-length: 0"));
}

#[tokio::test]
async fn of_sixty_polls_the_newest_gets_the_messages() {
    let mut server = Server::start().await;
    let path = connected(&mut server).await;
    let mut polls = Vec::new();
    for _ in 0..60 {
        polls.push(open(&server, "GET", &path, "").await);
    }
    let mut reads = tokio::task::JoinSet::new();
    for mut poll in polls {
        reads.spawn(async move {
            let mut answer = String::new();
            poll.read_to_string(&mut answer).await.unwrap();
            answer
        });
    }
    // All but one are answered before anything is sent.
    for _ in 0..59 {
        let answer = reads.join_next().await.unwrap().unwrap();
        assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    }
    send(&server, "POST", &path, &echo("once")).await;
    let answer = reads.join_next().await.unwrap().unwrap();
    assert!(answer.contains("\"once\""), "{answer}");
}

#[tokio::test]
async fn the_goodbye_comes_first_and_then_204() {
    let mut server = Server::start().await;
    let path = connected(&mut server).await;
    send(&server, "POST", &path, CLOSE).await;
    let goodbye = poll(&server, &path).await;
    assert_eq!((goodbye.status, goodbye.body.as_str()), (200, CLOSE));
    assert_eq!(poll(&server, &path).await.status, 204);
    assert_eq!(poll(&server, &path).await.status, 404);
    let reason = DisconnectReason::ClientClosed(None);
    assert_eq!(server.noticed().await, Noticed::Disconnected(reason));
}

#[tokio::test]
async fn delete_ends_the_connection_and_its_waiting_poll() {
    let mut server = Server::start().await;
    let path = connected(&mut server).await;
    let mut waiting = open(&server, "GET", &path, "").await;
    // Answered only once the poll before it is there.
    let deleted = loop {
        let deleted = send(&server, "DELETE", &path, "").await;
        if deleted.status == 202 {
            break deleted;
        }
    };
    assert_eq!(deleted.body, "");
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).await.unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 204") || answer.starts_with("HTTP/1.1 404"),
        "{answer}"
    );
    let reason = DisconnectReason::ConnectionLost;
    assert_eq!(server.noticed().await, Noticed::Disconnected(reason));
    assert_eq!(send(&server, "POST", &path, "").await.status, 404);
}

#[tokio::test]
async fn a_client_that_stops_polling_is_gone_after_the_disconnect_timeout() {
    let short = Duration::from_millis(50);
    let mut server = Server::with(|options| options.disconnect_timeout = short).await;
    let _path = connected(&mut server).await;
    let reason = DisconnectReason::ConnectionLost;
    assert_eq!(server.noticed().await, Noticed::Disconnected(reason));
}

#[tokio::test]
async fn a_waiting_poll_keeps_the_connection_alive() {
    let mut server = Server::with(|options| {
        // Long enough for a busy machine to get from one request to the next.
        options.disconnect_timeout = Duration::from_millis(200);
        options.long_polling_poll_timeout = Duration::from_secs(2);
    })
    .await;
    let path = connected(&mut server).await;
    assert_eq!(poll(&server, &path).await.status, 200);
    server.expect_silence();
}

#[tokio::test]
async fn a_post_is_answered_once_there_is_room() {
    let mut server = Server::start().await;
    let path = connected(&mut server).await;
    // 200 KiB of calls, far more than may wait, while the first one blocks the rest.
    let wait =
        "{\"type\":1,\"invocationId\":\"0\",\"target\":\"Wait\",\"arguments\":[\"x\"]}\u{1e}";
    let calls = wait.to_owned() + &echo(&"x".repeat(1000)).repeat(200);
    let mut posting = open(&server, "POST", &path, &calls).await;
    let mut answers = String::new();
    server.go.notify_one();
    while answers.matches("\"type\":3").count() < 201 {
        answers += &poll(&server, &path).await.body;
    }
    let mut answer = String::new();
    posting.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test]
async fn a_poll_that_comes_during_a_shutdown_brings_the_goodbye() {
    let mut server = Server::start().await;
    let path = connected(&mut server).await;
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    while send(&server, "POST", "/hubs/test/negotiate", "")
        .await
        .status
        != 503
    {}
    let goodbye = poll(&server, &path).await;
    let close = "{\"type\":7,\"allowReconnect\":true}\u{1e}";
    assert_eq!((goodbye.status, goodbye.body.as_str()), (200, close));
    assert_eq!(poll(&server, &path).await.status, 204);
    shutdown.await.unwrap();
}
