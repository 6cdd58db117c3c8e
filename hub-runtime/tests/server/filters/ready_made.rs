//! The filters that come with the crate.

use super::{error, result, server};
use crate::client::Client;
use crate::hub::{Noticed, Test, TestHub};
use hub_runtime::filters::{ConcurrencyLimit, Timeout};
use hub_runtime::{BuildError, HubOptions, Hubs};
use serde_json::json;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

fn failed(target: &str, text: &str) -> serde_json::Value {
    let text = format!(
        "An unexpected error occurred invoking '{target}' on the server. HubException: {text}"
    );
    error(&text)
}

/// Time that goes on only when it is told to. (Paused, tokio's clock leaps ahead by itself whenever
/// nothing can run; but then something may be on its way through a socket.)
struct StoppedClock {
    _hold: std::sync::mpsc::Sender<()>,
}

impl StoppedClock {
    fn new() -> Self {
        tokio::time::pause();
        let (hold, dropped) = std::sync::mpsc::channel();
        // It does not leap as long as a thread works.
        tokio::task::spawn_blocking(move || dropped.recv());
        Self { _hold: hold }
    }

    /// Goes on by a little more than `time`, since timers are due at whole milliseconds.
    async fn advance(&self, time: Duration) {
        tokio::time::advance(time + Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_call_that_takes_too_long_ends() {
    let server = server(|builder| builder.filter(Timeout::new(5 * SECOND))).await;
    let clock = StoppedClock::new();
    let mut client = Client::json(&server).await;
    client.call("i", "Wait", json!(["a"])).await;
    client.read_by_server().await;
    clock.advance(4 * SECOND).await;
    client.read_by_server().await;
    clock.advance(SECOND).await;
    let text = "The call took longer than 5 s.";
    assert_eq!(client.next().await, Some(failed("Wait", text)));
    // Its slot is free again, and it waits for nothing any more.
    server.go.notify_one();
    assert_eq!(client.invoke("Wait", json!(["b"])).await, result("b"));
}

#[tokio::test]
async fn a_timeout_is_about_the_methods_that_it_names() {
    let greet = Timeout::new(SECOND).only(["Greet"]);
    let server = server(|builder| builder.filter(greet)).await;
    let clock = StoppedClock::new();
    let mut client = Client::json(&server).await;
    client.call("i", "Wait", json!(["a"])).await;
    client.read_by_server().await;
    clock.advance(2 * SECOND).await;
    server.go.notify_one();
    assert_eq!(client.next().await, Some(result("a")));
}

#[tokio::test]
async fn a_stream_ends_in_time_only_where_that_is_said() {
    let mut server = server(|builder| builder.filter(Timeout::new(SECOND).streams_too())).await;
    let clock = StoppedClock::new();
    let mut client = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    let call = json!({"type": 4, "invocationId": "i", "target": "Endless", "arguments": []});
    client.send(call).await;
    client.read_by_server().await;
    clock.advance(SECOND).await;
    let text = "The call took longer than 1 s.";
    assert_eq!(client.next().await, Some(failed("Endless", text)));
    assert_eq!(server.noticed().await, Noticed::StreamDropped);
}

#[tokio::test]
async fn streams_are_left_alone_by_a_plain_timeout() {
    let server = server(|builder| builder.filter(Timeout::new(SECOND))).await;
    let clock = StoppedClock::new();
    let mut client = Client::json(&server).await;
    let call = json!({"type": 4, "invocationId": "i", "target": "Endless", "arguments": []});
    client.send(call).await;
    client.read_by_server().await;
    clock.advance(2 * SECOND).await;
    client.send(json!({"type": 5, "invocationId": "i"})).await;
    let ended = json!({"type": 3, "invocationId": "i"});
    assert_eq!(client.next().await, Some(ended), "cancelled, and no error");
}

#[test]
fn a_method_that_no_hub_has_is_an_error_when_hubs_are_built() {
    let build = |method: &str, adjust: fn(&mut HubOptions)| {
        Hubs::builder()
            .filter(Timeout::new(SECOND).only([method]))
            .hub_with::<dyn TestHub>("/hubs/test", Test::unwatched(), adjust)
            .build()
    };
    assert!(build("echo", |_| {}).is_ok());
    let error = build("Ecko", |_| {}).unwrap_err().to_string();
    let expected = "the filter Timeout cannot do its work: none of its hubs has a method `Ecko`; \
                    a name is that on the wire, `SendMessage`";
    assert_eq!(error, expected);
    let error = build("Echo", |options| {
        options
            .filters
            .add(ConcurrencyLimit::new(1).only(["add_up"]));
    });
    let error = error.unwrap_err();
    assert!(
        matches!(
            error,
            BuildError::Filter {
                filter: "ConcurrencyLimit",
                ..
            }
        ),
        "{error}"
    );
}

const BUSY: &str = "The server is busy. Try again later.";

#[tokio::test]
async fn calls_of_all_connections_together_are_bounded() {
    let server = server(|builder| builder.filter(ConcurrencyLimit::new(1))).await;
    let mut one = Client::json(&server).await;
    let mut other = Client::json(&server).await;
    one.call("i", "Wait", json!(["a"])).await;
    one.read_by_server().await;
    assert_eq!(
        other.invoke("Echo", json!(["b"])).await,
        failed("Echo", BUSY)
    );
    // What is refused anyway takes no place.
    let refused = other.invoke("NoSuchMethod", json!([])).await;
    assert!(refused["error"].as_str().unwrap().ends_with("not exist."));
    server.go.notify_one();
    assert_eq!(one.next().await, Some(result("a")));
    assert_eq!(other.invoke("Echo", json!(["b"])).await, result("b"));
}

#[tokio::test]
async fn each_method_may_have_a_bound_of_its_own() {
    let limit = ConcurrencyLimit::new(1).each_method();
    let server = server(|builder| builder.filter(limit)).await;
    let mut one = Client::json(&server).await;
    let mut other = Client::json(&server).await;
    one.call("i", "Wait", json!(["a"])).await;
    one.read_by_server().await;
    assert_eq!(other.invoke("Echo", json!(["b"])).await, result("b"));
    assert_eq!(
        other.invoke("Wait", json!(["b"])).await,
        failed("Wait", BUSY)
    );
}

#[tokio::test]
async fn calls_beyond_the_bound_wait_where_there_is_room() {
    let limit = ConcurrencyLimit::new(1).waiting(1, 5 * SECOND);
    let server = server(|builder| builder.filter(limit)).await;
    let mut clients = Vec::new();
    for _ in 0..3 {
        clients.push(Client::json(&server).await);
    }
    let [first, second, third] = &mut clients[..] else {
        unreachable!("three clients");
    };
    first.call("i", "Wait", json!(["a"])).await;
    first.read_by_server().await;
    second.call("i", "Echo", json!(["b"])).await;
    second.read_by_server().await;
    assert_eq!(
        third.invoke("Echo", json!(["c"])).await,
        failed("Echo", BUSY)
    );
    server.go.notify_one();
    assert_eq!(first.next().await, Some(result("a")));
    assert_eq!(second.next().await, Some(result("b")));
    // Nobody waits for longer than was said, and gives the place up then.
    let clock = StoppedClock::new();
    first.call("i", "Wait", json!(["a"])).await;
    first.read_by_server().await;
    for _ in 0..2 {
        second.call("i", "Echo", json!(["b"])).await;
        second.read_by_server().await;
        clock.advance(5 * SECOND).await;
        assert_eq!(second.next().await, Some(failed("Echo", BUSY)));
    }
}

#[cfg(feature = "rate-limit")]
mod rate_limit {
    use super::*;
    use hub_runtime::HubsBuilder;
    use hub_runtime::User;
    use hub_runtime::filters::HubFilter;
    use hub_runtime::filters::RateLimit;

    /// Long enough that time which passes during a test does not matter.
    const HOUR: Duration = Duration::from_secs(3600);

    /// Whether a call was let through.
    async fn passes(client: &mut Client, target: &str, arguments: serde_json::Value) -> bool {
        let answer = client.invoke(target, arguments).await;
        let Some(text) = answer["error"].as_str() else {
            return true;
        };
        !text.contains("HubException: Too many calls. Try again in ")
    }

    fn with_users(filter: impl HubFilter) -> impl FnOnce(HubsBuilder) -> HubsBuilder {
        |builder| {
            builder.filter(filter).identify(|request| {
                let query = request.uri.query()?;
                Some(User::new(query.strip_prefix("user=")?))
            })
        }
    }

    #[tokio::test]
    async fn a_connection_may_call_so_often() {
        let limit = RateLimit::per_connection(3, HOUR);
        let server = server(|builder| builder.filter(limit)).await;
        let mut client = Client::json(&server).await;
        let mut other = Client::json(&server).await;
        let clock = StoppedClock::new();
        // Every call counts, and none but those that are let through.
        assert!(passes(&mut client, "Echo", json!(["a"])).await);
        assert!(passes(&mut client, "NoSuchMethod", json!([])).await);
        assert!(passes(&mut client, "Add", json!(["too few"])).await);
        for _ in 0..3 {
            assert!(!passes(&mut client, "Echo", json!(["a"])).await);
            assert!(!passes(&mut client, "NoSuchMethod", json!([])).await);
        }
        assert!(passes(&mut other, "Echo", json!(["a"])).await);
        // A third of the time brings a call.
        clock.advance(HOUR / 3).await;
        assert!(passes(&mut client, "Echo", json!(["a"])).await);
        assert!(!passes(&mut client, "Echo", json!(["a"])).await);
    }

    #[tokio::test]
    async fn the_caller_reads_how_long_to_wait() {
        let limit = RateLimit::per_connection(1, HOUR);
        let server = server(|builder| builder.filter(limit)).await;
        let mut client = Client::json(&server).await;
        client.invoke("Echo", json!(["a"])).await;
        let answer = client.invoke("Echo", json!(["a"])).await;
        let text = "An unexpected error occurred invoking 'Echo' on the server. \
                    HubException: Too many calls. Try again in ";
        let text = answer["error"].as_str().unwrap().strip_prefix(text);
        let seconds = text.unwrap().strip_suffix(" s.").unwrap();
        let seconds: f64 = seconds.parse().unwrap();
        assert!((3500.0..=3600.0).contains(&seconds), "{seconds}");
    }

    #[tokio::test]
    async fn a_burst_may_be_other_than_the_rate() {
        let limit = RateLimit::per_connection(3600, HOUR).burst(2);
        let server = server(|builder| builder.filter(limit)).await;
        let mut client = Client::json(&server).await;
        let mut passed = 0;
        while passes(&mut client, "Echo", json!(["a"])).await {
            passed += 1;
        }
        assert!((2..=4).contains(&passed), "{passed}");
    }

    #[tokio::test]
    async fn a_user_may_call_so_often_on_all_connections_together() {
        let limit = RateLimit::per_user(2, HOUR);
        let server = server(with_users(limit)).await;
        let mut clients = Vec::new();
        for query in ["?user=ann", "?user=ann", "?user=bob", "", ""] {
            let mut client = Client::raw(&server, query).await;
            client.shake_hands().await;
            clients.push(client);
        }
        let mut passed = Vec::new();
        for round in 0..3 {
            for (number, client) in clients.iter_mut().enumerate() {
                if passes(client, "Echo", json!(["a"])).await {
                    passed.push((round, number));
                }
            }
        }
        // Ann has used up what is hers in the first round, and those without a user have each their own.
        let expected = [0, 1, 2, 3, 4].map(|number| (0, number));
        let expected = [&expected[..], &[2, 3, 4].map(|number| (1, number))].concat();
        assert_eq!(passed, expected);
    }

    #[tokio::test]
    async fn each_method_may_have_a_rate_of_its_own() {
        let limit = RateLimit::per_connection(1, HOUR)
            .only(["Echo", "add"])
            .each_method();
        let server = server(|builder| builder.filter(limit)).await;
        let mut client = Client::json(&server).await;
        assert!(passes(&mut client, "Echo", json!(["a"])).await);
        assert!(!passes(&mut client, "ECHO", json!(["a"])).await);
        assert!(passes(&mut client, "Add", json!([1, 2])).await);
        assert!(!passes(&mut client, "Add", json!([1, 2])).await);
        for _ in 0..3 {
            assert!(passes(&mut client, "Greet", json!(["a"])).await);
        }
    }

    #[tokio::test]
    async fn two_rate_limits_of_a_hub_count_by_themselves() {
        let [first, second] = [2, 3].map(|calls| RateLimit::per_connection(calls, HOUR));
        let second = second.only(["Add"]);
        let server = server(|builder| builder.filter(first.only(["Echo"])).filter(second)).await;
        let mut client = Client::json(&server).await;
        let mut passed = [0, 0];
        for _ in 0..5 {
            passed[0] += u32::from(passes(&mut client, "Echo", json!(["a"])).await);
            passed[1] += u32::from(passes(&mut client, "Add", json!([1, 2])).await);
        }
        assert_eq!(passed, [2, 3]);
    }
}
