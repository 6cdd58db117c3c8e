//! A server that is told to stop: whoever can be told is told, and nobody holds it up.

use crate::support::{
    Client, Http, OVER_EVERYTHING, Protocol, Server, Transport, figure, message_frame, soon,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// From the signal to the process's end.
const LIMIT: Duration = Duration::from_secs(10);

/// Tells the server to stop, and waits until it takes no new clients.
async fn stop(server: &Server) -> Instant {
    server.program.terminate();
    let signal = Instant::now();
    while TcpStream::connect(server.address).await.is_ok() {
        assert!(signal.elapsed() < LIMIT, "new clients are not refused");
        sleep(Duration::from_millis(10)).await;
    }
    signal
}

/// Waits for the end of the server, which has to be a good one.
async fn ends(mut server: Server, row: &str, signal: Instant) {
    let end = loop {
        if let Some(end) = server.program.end() {
            break end;
        }
        assert!(signal.elapsed() < LIMIT, "it still runs");
        sleep(Duration::from_millis(10)).await;
    };
    figure(
        &format!("shutdown, {row}"),
        format!("{:?}", signal.elapsed()),
        "10 s",
    );
    assert!(end.success(), "{end}");
}

#[tokio::test]
async fn running_calls_end_and_every_client_is_told_to_come_back() {
    let server = Server::start(&[]).await;
    let mut clients = JoinSet::new();
    for over in OVER_EVERYTHING {
        let mut client = Client::connect(server.address, over).await;
        client.call("1", "Slow", json!([1500])).await;
        client.call("2", "Slow", json!([600_000])).await;
        clients.spawn(async move {
            assert_eq!(client.completion("1").await["result"], "done");
            let goodbye = client.next().await.expect("a goodbye");
            assert_eq!(
                (&goodbye["type"], &goodbye["error"]),
                (&json!(7), &Value::Null)
            );
            assert_eq!(goodbye["allowReconnect"], true, "{over:?}: {goodbye}");
            assert_eq!(client.next().await, None);
        });
    }
    // By then all calls run, and all polls wait: a server that shuts down takes no new connection.
    server.is_idle().await;
    let signal = stop(&server).await;
    soon(clients.join_all()).await;
    ends(server, "running calls", signal).await;
}

/// Clients that do not read.
async fn that_do_not_read(server: &Server) -> Vec<Client> {
    let mut stuck = Vec::new();
    for over in OVER_EVERYTHING {
        let mut client = Client::connect(server.address, over).await;
        client.stream("1", "Counter", json!([u32::MAX, 0])).await;
        stuck.push(client);
    }
    stuck
}

/// Clients whose calls have no end.
async fn with_calls_without_end(server: &Server) -> Vec<Client> {
    let mut stuck = Vec::new();
    for over in OVER_EVERYTHING {
        let mut client = Client::connect(server.address, over).await;
        let upload = json!({"type": 1, "invocationId": "1", "target": "SumStream",
                            "arguments": [], "streamIds": ["u"]});
        client.send(upload).await;
        client.call("2", "AskCaller", json!([])).await;
        client.call("3", "Slow", json!([600_000])).await;
        stuck.push(client);
    }
    stuck
}

/// Requests that are never complete.
async fn without_end(server: &Server) -> Vec<Http> {
    let over = (Transport::LongPolling, Protocol::Json);
    let client = Client::connect(server.address, over).await;
    let path = client.path();
    let body = format!("POST {path} HTTP/1.1\r\nHost: test\r\nContent-Length: 1000\r\n\r\n{{");
    let mut stuck = Vec::new();
    for request in [&body, "GET / HT", ""] {
        let mut http = Http::connect(server.address).await;
        http.write(request).await;
        stuck.push(http);
    }
    stuck
}

/// Clients that take neither the server's Close frame nor the end of its side for an answer.
async fn that_go_on_sending(server: &Server) -> JoinSet<()> {
    let mut sending = JoinSet::new();
    let call = Protocol::Json.call("1", "Slow", &json!([10]));
    for _ in 0..5 {
        let client = Client::json(server.address).await;
        let (mut socket, frame) = (client.into_socket().into_stream(), message_frame(&call));
        sending.spawn(async move {
            while let Ok(Ok(())) = timeout(LIMIT, socket.write_all(&frame)).await {
                sleep(Duration::from_millis(1)).await;
            }
        });
    }
    sending
}

#[tokio::test]
async fn whoever_is_stuck_holds_nothing_up() {
    let server = Server::start(&[]).await;
    let clients = that_do_not_read(&server).await;
    let calls = with_calls_without_end(&server).await;
    let requests = without_end(&server).await;
    // These have filled what there is to fill; those who go on sending keep the server busy.
    server.is_idle().await;
    let sending = that_go_on_sending(&server).await;
    let signal = stop(&server).await;
    ends(server, "stuck clients", signal).await;
    drop((clients, calls, requests));
    sending.join_all().await;
}
