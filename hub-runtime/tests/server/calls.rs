use crate::client::Client;
use crate::hub::{Noticed, Server};
use serde_json::{Value, json};

fn result(value: impl Into<Value>) -> Value {
    json!({"type": 3, "invocationId": "i", "result": value.into()})
}

#[tokio::test]
async fn a_method_answers() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    assert_eq!(client.invoke("Echo", json!(["你好"])).await, result("你好"));
    assert_eq!(client.invoke("add", json!([40, 2])).await, result(42));
}

#[tokio::test]
async fn a_trailing_option_may_be_left_out() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    assert_eq!(
        client.invoke("Greet", json!(["Ann"])).await,
        result("Citizen Ann")
    );
    assert_eq!(
        client.invoke("Greet", json!(["Ann", "Dr"])).await,
        result("Dr Ann")
    );
}

#[tokio::test]
async fn a_client_sees_a_methods_sends_before_its_result() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("i", "TellThenAnswer", json!([])).await;
    assert_eq!(client.next().await.unwrap()["arguments"], json!(["first"]));
    assert_eq!(client.next().await.unwrap()["arguments"], json!(["second"]));
    assert_eq!(client.next().await.unwrap(), result(3));
}

#[tokio::test]
async fn with_one_slot_answers_come_in_the_order_of_the_calls() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("1", "Wait", json!(["slow"])).await;
    client.call("2", "Echo", json!(["fast"])).await;
    client.call("3", "NoSuchMethod", json!([])).await;
    server.go.notify_one();
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(client.next().await.unwrap()["invocationId"].clone());
    }
    assert_eq!(ids, ["1", "2", "3"]);
}

#[tokio::test]
async fn with_two_slots_a_slow_call_does_not_hold_up_the_next() {
    let server = Server::with(|options| options.maximum_parallel_invocations_per_client = 2).await;
    let mut client = Client::json(&server).await;
    client.call("1", "Wait", json!(["slow"])).await;
    client.call("2", "Echo", json!(["fast"])).await;
    assert_eq!(client.next().await.unwrap()["invocationId"], "2");
    server.go.notify_one();
    assert_eq!(client.next().await.unwrap()["invocationId"], "1");
}

#[tokio::test]
async fn a_stream_starts_beside_a_running_call() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("1", "Wait", json!(["slow"])).await;
    client
        .send(json!({"type": 4, "invocationId": "2", "target": "Count", "arguments": [1]}))
        .await;
    assert_eq!(
        client.next().await.unwrap(),
        json!({"type": 2, "invocationId": "2", "item": 0})
    );
    assert_eq!(
        client.next().await.unwrap(),
        json!({"type": 3, "invocationId": "2"})
    );
    server.go.notify_one();
    assert_eq!(client.next().await.unwrap()["invocationId"], "1");
}

#[tokio::test]
async fn a_plain_call_can_be_cancelled() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("1", "UntilCancelled", json!([])).await;
    client.send(json!({"type": 5, "invocationId": "1"})).await;
    assert_eq!(client.next().await.unwrap()["result"], true);
}

#[tokio::test]
async fn cancelling_a_stream_drops_it_and_completes_it_without_an_error() {
    let mut server = Server::start().await;
    let mut client = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    client
        .send(json!({"type": 4, "invocationId": "1", "target": "Endless", "arguments": []}))
        .await;
    client.send(json!({"type": 5, "invocationId": "1"})).await;
    assert_eq!(
        client.next().await.unwrap(),
        json!({"type": 3, "invocationId": "1"})
    );
    assert_eq!(server.noticed().await, Noticed::StreamDropped);
}

#[tokio::test]
async fn a_task_that_waits_for_the_cancellation_of_a_stream_is_told_although_the_stream_is_gone() {
    let mut server = Server::start().await;
    let mut client = Client::json(&server).await;
    assert_eq!(server.noticed().await, Noticed::Connected);
    client
        .send(json!({"type": 4, "invocationId": "1", "target": "Watched", "arguments": []}))
        .await;
    client.send(json!({"type": 5, "invocationId": "1"})).await;
    let completion = json!({"type": 3, "invocationId": "1"});
    assert_eq!(client.next().await, Some(completion));
    server.go.notify_one();
    assert_eq!(server.noticed().await, Noticed::Cancelled);
}

#[tokio::test]
async fn an_id_that_is_in_use_is_refused() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    let endless = json!({"type": 4, "invocationId": "1", "target": "Endless", "arguments": []});
    client.send(endless.clone()).await;
    client.send(endless).await;
    assert_eq!(
        client.next().await.unwrap()["error"],
        "Invocation ID '1' is already in use."
    );
}

#[tokio::test]
async fn an_upload_arrives_whole_though_it_is_larger_than_its_buffer() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.send(json!({"type": 1, "invocationId": "1", "target": "Sum", "arguments": [], "streamIds": ["0"]})).await;
    for number in 1..=100 {
        client
            .send(json!({"type": 2, "invocationId": "0", "item": number}))
            .await;
    }
    client.send(json!({"type": 3, "invocationId": "0"})).await;
    assert_eq!(client.next().await.unwrap()["result"], 5050);
}

#[tokio::test]
async fn a_clients_result_comes_back_to_the_method_that_asked() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("1", "AskCaller", json!([])).await;
    let question = client.next().await.unwrap();
    assert_eq!(question["target"], "Ask");
    client
        .send(json!({"type": 3, "invocationId": question["invocationId"], "result": 7}))
        .await;
    assert_eq!(client.next().await.unwrap()["result"], 7);
}

#[tokio::test]
async fn what_a_client_says_of_its_failure_is_shown() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("1", "AskCaller", json!([])).await;
    let id = client.next().await.unwrap()["invocationId"].clone();
    client
        .send(json!({"type": 3, "invocationId": id, "error": "Error: from callback"}))
        .await;
    let error = "An unexpected error occurred invoking 'AskCaller' on the server. HubException: Error: from callback";
    assert_eq!(client.next().await.unwrap()["error"], error);
}

#[tokio::test]
async fn three_hundred_panics_change_nothing() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    for _ in 0..300 {
        let error = client.invoke("Panic", json!([])).await["error"].clone();
        assert_eq!(
            error,
            "An unexpected error occurred invoking 'Panic' on the server."
        );
    }
    assert_eq!(
        client.invoke("Echo", json!(["alive"])).await,
        result("alive")
    );
}

#[tokio::test]
async fn many_unread_calls_stop_the_reading_and_lose_nothing() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("0", "Wait", json!(["first"])).await;
    for number in 1..=1000 {
        client
            .call(&number.to_string(), "Echo", json!([number.to_string()]))
            .await;
    }
    server.go.notify_one();
    for number in 0..=1000 {
        assert_eq!(
            client.next().await.unwrap()["invocationId"],
            number.to_string()
        );
    }
}

#[tokio::test]
async fn a_call_that_had_to_wait_is_answered_when_it_ends() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    for id in ["1", "2", "3"] {
        client.call(id, "Wait", json!([id])).await;
    }
    // The second and the third begin when the call before them ends: their own ends must not be
    // missed until the next ping.
    for id in ["1", "2", "3"] {
        // The call is polled by its own task first, so that its end concerns nobody else.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        server.go.notify_one();
        assert_eq!(client.next().await.unwrap()["result"], id);
    }
}

#[tokio::test]
async fn a_client_that_calls_a_method_before_it_answers_is_no_deadlock() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("1", "AskCaller", json!([])).await;
    let question = client.next().await.unwrap();
    assert_eq!(client.invoke("Echo", json!(["?"])).await, result("?"));
    client
        .send(json!({"type": 3, "invocationId": question["invocationId"], "result": 7}))
        .await;
    assert_eq!(client.next().await.unwrap()["result"], 7);
}

#[tokio::test]
async fn a_method_with_an_upload_is_told_of_a_cancel_and_not_dropped() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.send(json!({"type": 1, "invocationId": "1", "target": "UploadUntilCancelled", "arguments": [], "streamIds": ["0"]})).await;
    client.send(json!({"type": 5, "invocationId": "1"})).await;
    assert_eq!(client.next().await.unwrap()["result"], true);
}

#[tokio::test]
async fn a_call_that_is_cancelled_before_it_began_fails_in_its_turn() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.call("1", "Wait", json!(["first"])).await;
    client.call("2", "Wait", json!(["second"])).await;
    client.send(json!({"type": 5, "invocationId": "2"})).await;
    client.call("3", "Echo", json!(["third"])).await;
    client.read_by_server().await;
    server.go.notify_one();
    assert_eq!(client.next().await.unwrap()["result"], "first");
    let error = "An unexpected error occurred invoking 'Wait' on the server.";
    assert_eq!(
        client.next().await.unwrap(),
        json!({"type": 3, "invocationId": "2", "error": error})
    );
    assert_eq!(client.next().await.unwrap()["result"], "third");
}

#[tokio::test]
async fn a_thousand_streams_that_are_cancelled_at_once_have_one_completion_each() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    for number in 0..1000 {
        let id = number.to_string();
        client
            .send(json!({"type": 4, "invocationId": id, "target": "Endless", "arguments": []}))
            .await;
        client.send(json!({"type": 5, "invocationId": id})).await;
    }
    let mut ended = vec![0; 1000];
    for _ in 0..1000 {
        let completion = client.next().await.unwrap();
        assert_eq!(
            (&completion["type"], &completion["error"]),
            (&json!(3), &Value::Null)
        );
        let id = completion["invocationId"].as_str().unwrap();
        ended[id.parse::<usize>().unwrap()] += 1;
    }
    assert!(ended.iter().all(|count| *count == 1));
    assert_eq!(client.invoke("Echo", json!(["last"])).await, result("last"));
}
