use crate::client::{Client, request, send};
use crate::hub::{Noticed, Server, TestHub};
use crate::{event_stream, long_polling};
use hub_runtime::DisconnectReason;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Over which the clients of a test are told.
const WINDOW: Duration = Duration::from_secs(1);

fn come_back() -> Value {
    json!({"type": 7, "allowReconnect": true})
}

#[tokio::test]
async fn clients_are_told_to_come_back_and_new_ones_are_refused() {
    let mut server = Server::start().await;
    let mut client = Client::json(&server).await;
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    assert_eq!(client.last().await, Some(come_back()));
    drop(client);
    shutdown.await.unwrap();
    server
        .expect_disconnect(DisconnectReason::ServerShutdown)
        .await;
    assert_eq!(
        request(&server, "POST", "/hubs/test/negotiate").await.0,
        503
    );
}

#[tokio::test]
async fn a_running_call_ends_and_is_answered_before_the_goodbye() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("0", "Echo", json!(["ready"])).await;
    client.call("1", "Wait", json!(["running"])).await;
    client.call("2", "Wait", json!(["never begun"])).await;
    assert_eq!(client.next().await.unwrap()["result"], "ready");
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    is_closed(&server).await;
    server.go.notify_one();
    assert_eq!(client.next().await.unwrap()["result"], "running");
    assert_eq!(client.next().await, Some(come_back()));
    assert_eq!(client.next().await, None);
    drop(client);
    shutdown.await.unwrap();
}

#[tokio::test]
async fn calls_and_streams_without_end_do_not_hold_a_shutdown_up() {
    let server =
        Server::with(|options| options.abort_grace_period = std::time::Duration::ZERO).await;
    let mut client = Client::json(&server).await;
    client.call("1", "Wait", json!(["for ever"])).await;
    client
        .send(json!({"type": 4, "invocationId": "2", "target": "Endless", "arguments": []}))
        .await;
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    assert_eq!(client.last().await, Some(come_back()));
    drop(client);
    shutdown.await.unwrap();
}

#[tokio::test]
async fn a_connection_whose_server_was_dropped_is_forgotten() {
    let mut server = Server::start().await;
    let (_, body) = request(&server, "POST", "/hubs/test/negotiate").await;
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    let id = body["connectionId"].as_str().unwrap();
    let mut client = Client::raw(&server, &format!("?id={id}")).await;
    client.send(json!({"protocol": "json", "version": 1})).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    server.task.abort();
    assert_eq!(client.last().await, Some(json!({})));
    let hub = server.hubs.context::<dyn TestHub>();
    let error = hub.clients().client(id).ask("?").await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("Connection '{id}' does not exist.")
    );
}

/// Calls over and over until it is told to come back, and gives when that was, after `start`.
async fn served_until_told(mut client: Client, start: Instant) -> Duration {
    loop {
        client.call("1", "Echo", json!(["still here"])).await;
        let message = client.next().await.expect("an answer or a goodbye");
        if message["type"] == 3 {
            assert_eq!(message["result"], "still here");
            continue;
        }
        assert_eq!(message, come_back());
        return start.elapsed();
    }
}

/// Lets clients be served until they are told, and checks that they were not told all at once.
async fn expect_to_be_told_in_turn(clients: Vec<Client>) {
    let start = Instant::now();
    let told: JoinSet<_> = clients
        .into_iter()
        .map(|client| served_until_told(client, start))
        .collect();
    let mut told = told.join_all().await;
    told.sort_unstable();
    let (middle, last) = (told[told.len() / 2], told[told.len() - 1]);
    assert!(middle > WINDOW / 4, "half are told after {middle:?}");
    assert!(last > WINDOW * 3 / 4, "the last is told after {last:?}");
}

async fn many(server: &Server) -> Vec<Client> {
    let mut clients = Vec::new();
    for _ in 0..40 {
        clients.push(Client::json(server).await);
    }
    clients
}

#[tokio::test]
async fn a_server_tells_its_clients_in_turn_and_takes_no_new_ones() {
    let (stop, stopped) = oneshot::channel::<()>();
    let server = Server::configured(|serve| {
        let stopped = async { drop(stopped.await) };
        serve.drain_window(WINDOW).with_graceful_shutdown(stopped)
    })
    .await;
    let clients = many(&server).await;
    drop(stop);
    let refused = async {
        while tokio::net::TcpStream::connect(server.address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(expect_to_be_told_in_turn(clients), refused);
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_event_stream_is_told_at_once_by_a_server_that_stops_listening() {
    let (stop, stopped) = oneshot::channel::<()>();
    let mut server = Server::configured(|serve| {
        let stopped = async { drop(stopped.await) };
        serve
            .drain_window(Duration::from_secs(3600))
            .with_graceful_shutdown(stopped)
    })
    .await;
    let (_, mut events) = event_stream::connected(&mut server).await;
    drop(stop);
    events
        .until("data: {\"type\":7,\"allowReconnect\":true}\u{1e}")
        .await;
    // Nobody has to be waited for any more.
    server.task.await.unwrap().unwrap();
}

#[tokio::test]
async fn hubs_tell_their_clients_in_turn() {
    let server = Server::start().await;
    let clients = many(&server).await;
    let hubs = server.hubs.clone();
    let shutdown = tokio::spawn(async move { hubs.shutdown_over(WINDOW).await });
    is_closed(&server).await;
    expect_to_be_told_in_turn(clients).await;
    shutdown.await.unwrap();
}

#[tokio::test]
async fn a_poller_is_served_until_its_turn_which_a_second_shutdown_brings_on() {
    let mut server = Server::start().await;
    let path = long_polling::connected(&mut server).await;
    let (slow, hubs) = (server.hubs.clone(), server.hubs.clone());
    let slow = tokio::spawn(async move { slow.shutdown_over(Duration::from_secs(3600)).await });
    is_closed(&server).await;
    let call = long_polling::echo("still here");
    assert_eq!(send(&server, "POST", &path, &call).await.status, 200);
    let answer = long_polling::poll(&server, &path).await.body;
    assert!(answer.contains("\"result\":\"still here\""), "{answer}");
    let shutdown = tokio::spawn(async move { hubs.shutdown().await });
    let goodbye = long_polling::poll(&server, &path).await.body;
    assert_eq!(goodbye, "{\"type\":7,\"allowReconnect\":true}\u{1e}");
    assert_eq!(long_polling::poll(&server, &path).await.status, 204);
    shutdown.await.unwrap();
    slow.abort();
}

/// Waits until no new connection is let in.
async fn is_closed(server: &Server) {
    while request(server, "POST", "/hubs/test/negotiate").await.0 != 503 {}
}
