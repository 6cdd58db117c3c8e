//! What clients are told of failures: nothing about the server's inside, and little of what they
//! sent. Detailed errors are on in the server under test, which is the harder case.

use crate::support::{Client, OVER_EVERYTHING, Over, Protocol, Server, figure, request};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A name, a text or a number that nobody would send in earnest.
const LENGTH: usize = 20_000;
const LONGEST: usize = 2048;

/// What shows where the server was built, where it runs, or what a panic said.
const INSIDE: [&str; 12] = [
    "src/",
    ".rs",
    "/root",
    "/home",
    "/usr",
    "cargo",
    "rustc",
    "127.0.0.1",
    "0x",
    "thread '",
    "panicked at",
    "on purpose",
];

/// The texts that were looked at, by their longest.
#[derive(Default)]
struct Texts {
    count: AtomicUsize,
    longest: AtomicUsize,
}

impl Texts {
    fn check(&self, text: &str) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.longest.fetch_max(text.len(), Ordering::Relaxed);
        let begin: String = text.chars().take(300).collect();
        assert!(text.len() < LONGEST, "{} bytes: {begin}", text.len());
        let inside = INSIDE.iter().find(|inside| text.contains(**inside));
        assert_eq!(inside, None, "{begin}");
    }

    fn check_error_of(&self, message: &Value) {
        let error = message["error"].as_str();
        self.check(error.unwrap_or_else(|| panic!("no error: {message}")));
    }
}

/// Calls that fail, as targets and arguments.
fn failing_calls() -> Vec<(String, Value)> {
    let long = "x".repeat(LENGTH);
    let numbers = vec![1; LENGTH / 2];
    let object: Value = (0..1000)
        .map(|key| (format!("key {key}"), json!(1)))
        .collect();
    let call = |target: &str, arguments| (target.to_owned(), arguments);
    vec![
        call("Panic", json!([])),
        call("ThrowError", json!([])),
        call("Nobody", json!([])),
        call(&long, json!([])),
        call(&"ä".repeat(LENGTH / 2), json!([])),
        call(&"\"\\\n\u{0}".repeat(LENGTH / 10), json!([])),
        call("Panic", json!([long])),
        call("Echo", json!([])),
        call("Echo", json!(numbers)),
        call("Echo", json!([numbers])),
        call("Echo", json!([object])),
        call("Add", json!([long, 1])),
        call("Add", json!([1, -9.9e300])),
        call("Add", json!([i64::MIN, i64::MAX])),
        call("Add", json!([null, true])),
        call("Counter", json!([long, 0])),
        call("Counter", json!([1, 0])),
        call("SumStream", json!([])),
        call("Upload", json!([long])),
    ]
}

async fn calls(server: &Server, over: Over, texts: &Texts) {
    let mut client = Client::connect(server.address, over).await;
    for (target, arguments) in failing_calls() {
        texts.check_error_of(&client.invoke(&target, arguments).await);
    }
    // Streams that are called like methods were among them; now the reverse.
    for (target, arguments) in [("Echo", json!(["a"])), ("CounterThatFails", json!([1]))] {
        client.stream("stream", target, arguments).await;
        texts.check_error_of(&client.completion("stream").await);
    }
    client.stop().await;
}

/// The client's own texts come back only in part.
async fn answers_and_ids(server: &Server, over: Over, texts: &Texts) {
    let long = "x".repeat(LENGTH);
    let mut client = Client::connect(server.address, over).await;
    for answer in [
        json!({"error": long}),
        json!({"result": long}),
        json!({"result": [long]}),
        json!({}),
    ] {
        client.call("ask", "AskCaller", json!([])).await;
        let question = client.next().await.expect("a question");
        let mut completion = answer;
        completion["type"] = json!(3);
        completion["invocationId"] = question["invocationId"].clone();
        client.send(completion).await;
        texts.check_error_of(&client.completion("ask").await);
    }
    for _ in 0..2 {
        client.stream(&long, "Counter", json!([1000, 1000])).await;
    }
    texts.check_error_of(&client.completion(&long).await);
}

/// Messages that end the connection.
async fn goodbyes(server: &Server, texts: &Texts) {
    let long = "x".repeat(LENGTH);
    for message in [
        format!("{long}\u{1e}"),
        format!("{{\"type\":\"{long}\"}}\u{1e}"),
        format!("{{\"{long}\":}}\u{1e}"),
        format!(
            "{{\"type\":1,\"target\":\"Echo\",\"arguments\":[],\"headers\":{{\"{long}\":1}}}}\u{1e}"
        ),
        format!(
            "{{\"type\":3,\"invocationId\":\"{long}\",\"result\":1,\"error\":\"{long}\"}}\u{1e}"
        ),
    ] {
        let mut client = Client::json(server.address).await;
        client.send_bytes(message.as_bytes()).await;
        texts.check_error_of(&client.last().await.expect("a goodbye"));
    }
    let mut asked = Client::json(server.address).await;
    asked.call("ask", "AskCaller", json!([])).await;
    let question = asked.next().await.expect("a question");
    let mut thief = Client::json(server.address).await;
    let answer = json!({"type": 3, "invocationId": question["invocationId"], "result": 1});
    thief.send(answer).await;
    texts.check_error_of(&thief.last().await.expect("a goodbye"));
}

async fn handshakes(server: &Server, texts: &Texts) {
    let long = "x".repeat(4000);
    for handshake in [
        format!("{{\"protocol\":\"{long}\",\"version\":1}}\u{1e}"),
        format!("{{\"protocol\":\"json\",\"version\":\"{long}\"}}\u{1e}"),
        format!("{{\"{long}\":1}}\u{1e}"),
        format!("{long}\u{1e}"),
        "{\"protocol\":\"json\",\"version\":3}\u{1e}".to_owned(),
    ] {
        for over in OVER_EVERYTHING {
            if over.1 == Protocol::Json {
                let mut client = Client::silent(server.address, over).await;
                client.send_bytes(handshake.as_bytes()).await;
                texts.check_error_of(&client.last().await.expect("a refusal"));
            }
        }
    }
}

async fn requests(server: &Server, texts: &Texts) {
    let long = "x".repeat(LENGTH);
    for (method, path) in [
        (
            "POST",
            format!("/hubs/test/negotiate?negotiateVersion={long}"),
        ),
        (
            "POST",
            format!(
                "/hubs/test/negotiate?negotiateVersion=-{}",
                "1".repeat(LENGTH)
            ),
        ),
        ("GET", format!("/hubs/test?id={long}")),
        ("POST", format!("/hubs/test?id={long}")),
        ("DELETE", format!("/hubs/test?id={long}")),
        ("PUT", format!("/hubs/test?id={long}")),
        ("GET", format!("/{long}")),
        ("GET", format!("/clientresult/{long}")),
    ] {
        let answer = request(server.address, method, &path).await;
        texts.check(answer.text());
    }
}

#[tokio::test]
async fn say_little() {
    let server = Server::start(&[]).await;
    let texts = Texts::default();
    for over in OVER_EVERYTHING {
        calls(&server, over, &texts).await;
        answers_and_ids(&server, over, &texts).await;
    }
    goodbyes(&server, &texts).await;
    handshakes(&server, &texts).await;
    requests(&server, &texts).await;
    let (count, longest) = (texts.count.into_inner(), texts.longest.into_inner());
    figure(
        &format!("the longest of {count} error texts"),
        format!("{longest} bytes"),
        "2 KB",
    );
    server.has_recovered().await;
}
