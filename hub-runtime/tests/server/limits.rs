//! How many connections there may be: what is refused, with which text, and when there is room again.

use crate::client::{Answer, Client, answer, negotiated, open_with, send};
use crate::hub::{Noticed, Server};
use axum::Router;
use hub_runtime::prelude::*;
use hub_runtime::{ConnectionLimits, HubOptions, RawConnection};
use serde_json::json;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;

const NEGOTIATE: &str = "/hubs/test/negotiate?negotiateVersion=1";
const FULL: &str = "The server has as many connections as it takes.";
const OF_USER: &str = "The user has as many connections as one may have.";
const OF_ADDRESS: &str = "There are as many connections from this address as there may be.";
const UNUSED: &str = "Too many negotiated connections are waiting for their transport.";

/// A server where clients say who they are and where they come from.
async fn server(adjust: impl FnOnce(&mut ConnectionLimits)) -> Server {
    with(adjust, |_| {}).await
}

async fn with(
    adjust: impl FnOnce(&mut ConnectionLimits),
    options: impl FnOnce(&mut HubOptions),
) -> Server {
    let made = |builder: hub_runtime::HubsBuilder| {
        builder
            .limits(adjust)
            .options(options)
            .client_address(|request| request.headers.get("x-from")?.to_str().ok()?.parse().ok())
            .identify(|request| Some(User::new(request.headers.get("x-user")?.to_str().ok()?)))
            .connection_handler(
                "/bytes",
                async |mut connection: RawConnection| {
                    while connection.receive().await.is_some() {}
                },
            )
    };
    Server::made(made, Router::new()).await
}

/// The answer to a request.
async fn ask(server: &Server, method: &str, path: &str, headers: &str) -> Answer {
    answer(open_with(server, method, path, headers, "").await).await
}

/// What a request is told, of which an upgrade is one too.
async fn told(server: &Server, method: &str, path: &str, headers: &str) -> (u16, String) {
    let answer = ask(server, method, path, headers).await;
    (answer.status, answer.body)
}

const UPGRADE: &str = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// What a WebSocket that is refused is told.
async fn upgrade(server: &Server, path: &str, headers: &str) -> (u16, String) {
    let mut stream = tokio::net::TcpStream::connect(server.address)
        .await
        .expect("the server listens");
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: test\r\nConnection: Upgrade, close\r\n{UPGRADE}{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("a request");
    let answer = answer(stream).await;
    (answer.status, answer.body)
}

/// Nothing can begin, by any transport.
async fn is_full(server: &Server, headers: &str, expected: (u16, &str)) {
    let expected = (expected.0, expected.1.to_owned());
    assert_eq!(told(server, "POST", NEGOTIATE, headers).await, expected);
    assert_eq!(upgrade(server, "/hubs/test", headers).await, expected);
    assert_eq!(upgrade(server, "/hubs/over-http", headers).await.0, 404);
}

/// Waits until a request is answered as it should be: a connection counts until its last code has
/// run, which the test does not see.
async fn until(server: &Server, headers: &str, expected: u16) {
    for _ in 0..1000 {
        if told(server, "POST", NEGOTIATE, headers).await.0 == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("it is never answered with {expected}");
}

/// Opens a connection, and waits until it is the hub's.
async fn open(server: &Server, path: &str) -> Client {
    let mut client = Client::raw_at(server, path).await;
    client.shake_hands().await;
    client
}

#[tokio::test]
async fn a_hub_that_is_full_says_so_until_a_connection_has_ended() {
    let server = with(|_| {}, |options| options.maximum_connections = Some(2)).await;
    let _one = open(&server, "/hubs/test").await;
    // Both paths are the hub's.
    let path = negotiated(&server).await;
    let late = negotiated(&server).await;
    let two = open(&server, &path).await;
    is_full(&server, "", (503, FULL)).await;
    // What was negotiated before may be tried again, by any transport.
    let full = (503, FULL.to_owned());
    assert_eq!(upgrade(&server, &late, "").await, full);
    assert_eq!(told(&server, "GET", &late, "").await, full);
    let events = format!("{late}&accept-events");
    assert_eq!(told(&server, "GET", &events, "").await, full);
    // Another one is not full.
    let negotiate = "/bytes/negotiate?negotiateVersion=1";
    assert_eq!(told(&server, "POST", negotiate, "").await.0, 200);
    two.vanish();
    until(&server, "", 200).await;
    drop(open(&server, &late).await);
}

#[tokio::test]
async fn all_hubs_and_handlers_share_one_limit() {
    let server = server(|limits| limits.maximum_connections = Some(2)).await;
    let bytes = Client::raw_at(&server, "/bytes").await;
    let _hub = open(&server, "/hubs/test").await;
    is_full(&server, "", (503, FULL)).await;
    assert_eq!(upgrade(&server, "/bytes", "").await, (503, FULL.to_owned()));
    drop(bytes);
    until(&server, "", 200).await;
}

#[tokio::test]
async fn a_user_with_too_many_connections_is_refused_and_others_are_not() {
    let server = server(|limits| limits.maximum_connections_per_user = Some(1)).await;
    let (ann, bob) = ("X-User: ann\r\n", "X-User: bob\r\n");
    let poll = async |headers: &str| {
        let answer = ask(&server, "POST", NEGOTIATE, headers).await;
        let body: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
        format!(
            "/hubs/test?id={}",
            body["connectionToken"].as_str().unwrap()
        )
    };
    let first = poll(ann).await;
    assert_eq!(told(&server, "GET", &first, ann).await.0, 200);
    is_full(&server, ann, (429, OF_USER)).await;
    let other = poll(bob).await;
    assert_eq!(told(&server, "GET", &other, bob).await.0, 200);
    // Further polls are no further connections.
    assert_eq!(told(&server, "DELETE", &first, ann).await.0, 202);
    until(&server, ann, 200).await;
    // Nobody's are not counted.
    let _two = [Client::json(&server).await, Client::json(&server).await];
}

#[tokio::test]
async fn an_address_with_too_many_connections_is_refused_and_others_are_not() {
    let server = server(|limits| limits.maximum_connections_per_address = Some(1)).await;
    let (one, same) = ("X-From: 2001:db8::1\r\n", "X-From: 2001:db8::2\r\n");
    let other = "X-From: 2001:db8:0:1::1\r\n";
    let answer = ask(&server, "POST", NEGOTIATE, one).await;
    let body: serde_json::Value = serde_json::from_str(&answer.body).expect("JSON");
    let path = format!(
        "/hubs/test?id={}",
        body["connectionToken"].as_str().unwrap()
    );
    let events = open_with(&server, "GET", &format!("{path}&accept-events"), one, "").await;
    until(&server, same, 429).await;
    is_full(&server, same, (429, OF_ADDRESS)).await;
    assert_eq!(told(&server, "POST", NEGOTIATE, other).await.0, 200);
    assert_eq!(told(&server, "POST", NEGOTIATE, "").await.0, 200);
    drop(events);
    // An event stream is noticed to have ended by what is written to it.
    send(
        &server,
        "POST",
        &path,
        "{\"protocol\":\"json\",\"version\":1}\u{1e}",
    )
    .await;
    until(&server, same, 200).await;
}

#[tokio::test]
async fn negotiations_that_nobody_uses_are_bounded_and_expire() {
    let adjust = |limits: &mut ConnectionLimits| {
        limits.maximum_unused_negotiations = Some(3);
        limits.maximum_unused_negotiations_per_address = Some(2);
    };
    let timeout = Duration::from_millis(300);
    let server = with(adjust, |options| options.disconnect_timeout = timeout).await;
    let (here, there) = ("X-From: 192.0.2.1\r\n", "X-From: 192.0.2.2\r\n");
    let negotiate = async |from| told(&server, "POST", NEGOTIATE, from).await;
    assert_eq!(negotiate(here).await.0, 200);
    assert_eq!(negotiate(here).await.0, 200);
    assert_eq!(negotiate(here).await, (429, UNUSED.to_owned()));
    assert_eq!(negotiate(there).await.0, 200);
    assert_eq!(negotiate(there).await, (503, UNUSED.to_owned()));
    // Who does not negotiate is let in.
    drop(Client::json(&server).await);
    until(&server, here, 200).await;
}

#[tokio::test]
async fn negotiations_that_are_used_or_refused_count_no_more() {
    let server = server(|limits| limits.maximum_unused_negotiations = Some(1)).await;
    for _ in 0..3 {
        let path = negotiated(&server).await;
        assert_eq!(told(&server, "POST", NEGOTIATE, "").await.0, 503);
        drop(Client::raw_at(&server, &path).await);
    }
    // A version that is not served makes no connection.
    let refused = "/hubs/test/negotiate?negotiateVersion=nonsense";
    for _ in 0..3 {
        assert_ne!(told(&server, "POST", refused, "").await.0, 503);
    }
    // Nor does what was posted to it keep it.
    let path = negotiated(&server).await;
    assert_eq!(send(&server, "POST", &path, "x").await.status, 200);
    drop(Client::raw_at(&server, &path).await);
    assert_eq!(told(&server, "POST", NEGOTIATE, "").await.0, 200);
}

#[tokio::test]
async fn a_connection_that_comes_back_is_one_connection() {
    let mut server = with(
        |limits| limits.maximum_connections = Some(1),
        |options| {
            options.allow_stateful_reconnects = true;
            options.disconnect_timeout = Duration::from_millis(300);
        },
    )
    .await;
    let negotiate = format!("{NEGOTIATE}&useStatefulReconnect=true");
    let (_, body) = told(&server, "POST", &negotiate, "").await;
    let body: serde_json::Value = serde_json::from_str(&body).expect("JSON");
    let path = format!(
        "/hubs/test?id={}",
        body["connectionToken"].as_str().unwrap()
    );
    let mut client = Client::raw_at(&server, &path).await;
    client.send(json!({"protocol": "json", "version": 2})).await;
    assert_eq!(client.next().await, Some(json!({})));
    assert_eq!(server.noticed().await, Noticed::Connected);
    for _ in 0..3 {
        client.vanish();
        is_full(&server, "", (503, FULL)).await;
        client = Client::raw_at(&server, &path).await;
        let sequence = json!({"type": 9, "sequenceId": 1});
        assert_eq!(client.next().await, Some(sequence.clone()));
        client.send(sequence).await;
    }
    is_full(&server, "", (503, FULL)).await;
    client.vanish();
    let lost = Noticed::Disconnected(DisconnectReason::ConnectionLost);
    assert_eq!(server.noticed().await, lost);
    until(&server, "", 200).await;
}

#[tokio::test]
async fn connections_that_fail_leave_no_trace() {
    let server = with(
        |limits| limits.maximum_connections = Some(1),
        |options| options.handshake_timeout = Duration::from_millis(100),
    )
    .await;
    for attempt in 0..3 {
        // A hub that refuses or panics, a client that says nothing or nonsense, or is gone at once.
        for query in ["?refuse", "?panic", "?silent", "?nonsense", "?gone"] {
            let mut client = Client::raw(&server, query).await;
            match query {
                "?silent" => drop(client.next().await),
                "?nonsense" => client.text("nonsense\u{1e}").await,
                "?gone" => {}
                _ => client.shake_hands().await,
            }
            drop(client);
            until(&server, "", 200).await;
        }
        // A request that asks for an upgrade wrongly.
        let wrong = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 12\r\n";
        let refused = ask(&server, "GET", "/hubs/test", wrong).await.status;
        assert!((400..500).contains(&refused), "{attempt}: {refused}");
    }
    // All places are free, and there is one.
    let _one = Client::json(&server).await;
    is_full(&server, "", (503, FULL)).await;
}

/// A hub whose clients choose their groups.
#[hub]
trait RoomHub {
    async fn join(&self, cx: &Context<dyn RoomHub>, room: String) -> Result<(), HubError>;
    async fn leave(&self, cx: &Context<dyn RoomHub>, room: String) -> Result<(), HubError>;
}

struct Rooms;

impl RoomHub for Rooms {
    async fn join(&self, cx: &Context<dyn RoomHub>, room: String) -> Result<(), HubError> {
        Ok(cx.groups().add(room).await?)
    }

    async fn leave(&self, cx: &Context<dyn RoomHub>, room: String) -> Result<(), HubError> {
        Ok(cx.groups().remove(room).await?)
    }
}

#[tokio::test]
async fn a_connection_is_in_so_many_groups_of_so_long_names() {
    let adjust = |options: &mut HubOptions| {
        options.maximum_groups_per_connection = 2;
        options.maximum_group_name_length = 5;
    };
    let made = |builder: hub_runtime::HubsBuilder| {
        builder.hub_with::<dyn RoomHub>("/rooms", Rooms, adjust)
    };
    let server = Server::made(made, Router::new()).await;
    let mut client = Client::json_at(&server, "/rooms").await;
    let mut check = async |method: &str, room: &str, error: Option<&str>| {
        let answer = client.invoke(method, json!([room])).await;
        let text = error.map(|error| {
            format!(
                "An unexpected error occurred invoking '{method}' on the server. HubException: {error}"
            )
        });
        assert_eq!(answer["error"].as_str(), text.as_deref(), "{room}");
    };
    let full = "The connection is in 2 groups, which is as many as it may be in.";
    let long = "The name of a group may have 5 bytes at most.";
    check("Join", "one", None).await;
    check("Join", "twice", None).await;
    check("Join", "three", Some(full)).await;
    // A group that it is in already is no further one.
    check("Join", "twice", None).await;
    check("Leave", "one", None).await;
    check("Join", "länge", Some(long)).await;
    check("Leave", "länge", None).await;
    check("Join", "three", None).await;
    check("Join", "one", Some(full)).await;
    // Another connection has its own.
    let mut other = Client::json_at(&server, "/rooms").await;
    let answer = other.invoke("Join", json!(["one"])).await;
    assert_eq!(answer["error"], json!(null));
}

#[tokio::test]
async fn a_connection_has_so_many_streams_in_either_direction() {
    let limit = |options: &mut HubOptions| options.maximum_parallel_streams_per_client = 2;
    let server = Server::with(limit).await;
    let mut client = Client::json(&server).await;
    let call = |kind: u8, id: &str, target: &str, streams: serde_json::Value| {
        json!({"type": kind, "invocationId": id, "target": target, "arguments": [],
               "streamIds": streams})
    };
    let endless = |id: &str| call(4, id, "Endless", json!([]));
    let upload = |id: &str| call(1, id, "UploadUntilCancelled", json!([id]));
    let cancel = |id: &str| json!({"type": 5, "invocationId": id});
    let refused = |id: &str, target: &str| {
        let text = format!(
            "Failed to invoke '{target}' because the connection has 2 streams, which is as many as it may have."
        );
        Some(json!({"type": 3, "invocationId": id, "error": text}))
    };
    client.send(endless("1")).await;
    client.send(upload("2")).await;
    client.send(endless("3")).await;
    assert_eq!(client.next().await, refused("3", "Endless"));
    client.send(upload("4")).await;
    assert_eq!(client.next().await, refused("4", "UploadUntilCancelled"));
    // What streams nothing goes on.
    assert_eq!(client.invoke("Echo", json!(["a"])).await["result"], "a");
    // In the same message: a client that cancels a stream may begin another one at once.
    for id in ["1", "5", "6", "7"] {
        let next = (id.parse::<u8>().unwrap().max(4) + 1).to_string();
        let both = [cancel(id), endless(&next)];
        client
            .text(&both.map(|message| format!("{message}\u{1e}")).concat())
            .await;
        let ended = json!({"type": 3, "invocationId": id});
        assert_eq!(client.next().await, Some(ended));
    }
    client.send(cancel("2")).await;
    assert_eq!(client.next().await.unwrap()["result"], true);
    client.send(upload("9")).await;
    client.send(upload("10")).await;
    assert_eq!(client.next().await, refused("10", "UploadUntilCancelled"));
}
