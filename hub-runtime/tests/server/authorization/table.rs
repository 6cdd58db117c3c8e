//! The whole table: who comes, with what, and what they get.

use super::hub::{Who, ask, connect, negotiated, start, status, upgrade};
use crate::client::Client;
use crate::hub::Server;
use serde_json::{Value, json};

const COLUMNS: [&str; 12] = [
    "negotiate",
    "WebSocket without negotiate",
    "SSE",
    "poll",
    "POST",
    "DELETE",
    "resume",
    "open call",
    "role call",
    "policy call",
    "stream",
    "upload",
];

const STRANGER: [&str; 12] = [
    "401", "401", "401", "401", "401", "401", "401", "yes", "no", "no", "no", "no",
];
const USER: [&str; 12] = [
    "200", "101", "200", "200", "200", "202", "101", "yes", "no", "no", "no", "no",
];
const ADMIN: [&str; 12] = [
    "200", "101", "200", "200", "200", "202", "101", "yes", "yes", "yes", "yes", "yes",
];

#[tokio::test]
async fn who_gets_what() {
    let server = start().await;
    println!("| | {} |\n|{}", COLUMNS.join(" | "), " --- |".repeat(13));
    for (who, expected) in [
        (Who::NoToken, STRANGER),
        (Who::Expired, STRANGER),
        (Who::WrongSignature, STRANGER),
        (Who::User, USER),
        (Who::Admin, ADMIN),
    ] {
        let requests = requests(&server, who)
            .await
            .map(|status| status.to_string());
        let calls = calls(&server, who)
            .await
            .map(|may| if may { "yes" } else { "no" });
        let row: Vec<_> = requests.iter().map(String::as_str).chain(calls).collect();
        println!("| {who:?} | {} |", row.join(" | "));
        assert_eq!(row, expected, "{who:?}");
    }
}

/// The statuses of every kind of request, at the hub that is closed to strangers. The connections
/// are those of whoever asks; strangers try with a user's.
async fn requests(server: &Server, who: Who) -> [u16; 7] {
    let owner = if who.is_somebody() { who } else { Who::User };
    let upgraded = async |path: &str| match upgrade(server, &who.header(), path).await {
        Ok(_) => 101,
        Err(status) => status,
    };
    let negotiate = "/closed/negotiate?negotiateVersion=1";
    let polling = negotiated(server, owner, "/closed").await;
    let events = negotiated(server, owner, "/closed").await;
    let to_resume = negotiated(server, owner, "/closed").await;
    let _first = connect(server, owner, &to_resume, 2).await;
    [
        status(server, who, "POST", negotiate).await,
        upgraded("/closed").await,
        status(server, who, "GET", &format!("{events}&accept-events")).await,
        status(server, who, "GET", &polling).await,
        status(server, who, "POST", &polling).await,
        {
            if !who.is_somebody() {
                // Whoever was refused has not begun the connection.
                status(server, owner, "GET", &polling).await;
            }
            status(server, who, "DELETE", &polling).await
        },
        upgraded(&to_resume).await,
    ]
}

/// Whether calls are answered, at the hub that is open to strangers.
async fn calls(server: &Server, who: Who) -> [bool; 5] {
    let mut client = connect(server, who, "/open", 1).await;
    [
        call(&mut client, "Open", json!([])).await,
        call(&mut client, "role", json!([])).await,
        call(&mut client, "Policy", json!(["boss"])).await,
        stream(&mut client).await,
        upload(&mut client).await,
    ]
}

async fn call(client: &mut Client, target: &str, arguments: Value) -> bool {
    let answer = client.invoke(target, arguments).await;
    is_allowed(&answer, target)
}

fn is_allowed(answer: &Value, target: &str) -> bool {
    let Some(error) = answer["error"].as_str() else {
        return true;
    };
    let refusal = format!("Failed to invoke '{target}' because user is unauthorized");
    assert_eq!(error, refusal);
    false
}

async fn stream(client: &mut Client) -> bool {
    let call = json!({"type": 4, "invocationId": "s", "target": "Stream", "arguments": []});
    client.send(call).await;
    let answer = client.next().await.expect("an answer");
    if answer["type"] == 2 {
        assert_eq!(
            client.next().await,
            Some(json!({"type": 3, "invocationId": "s"}))
        );
    }
    is_allowed(&answer, "Stream")
}

/// Items and the end of an upload that was refused are skipped, and the connection goes on.
async fn upload(client: &mut Client) -> bool {
    let call = json!({
        "type": 1, "invocationId": "u", "target": "Upload", "arguments": ["boss"], "streamIds": ["x"]
    });
    client.send(call).await;
    for item in 0..20 {
        let item = json!({"type": 2, "invocationId": "x", "item": item});
        client.send(item).await;
    }
    client.send(json!({"type": 3, "invocationId": "x"})).await;
    let answer = client.next().await.expect("an answer");
    assert!(call_open(client).await);
    is_allowed(&answer, "Upload")
}

async fn call_open(client: &mut Client) -> bool {
    call(client, "Open", json!([])).await
}

#[tokio::test]
async fn a_refusal_has_no_body_and_is_not_cached() {
    let server = start().await;
    let refused = ask(&server, Who::NoToken, "POST", "/closed/negotiate", "").await;
    assert_eq!((refused.status, refused.body.as_str()), (401, ""));
    assert!(
        refused.head.starts_with("http/1.1 401 unauthorized\r\n"),
        "{refused:?}"
    );
    assert!(refused.has("content-length: 0"), "{refused:?}");
    assert!(
        refused.has("cache-control: no-cache, no-store"),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_call_that_waits_for_no_answer_is_refused_in_silence() {
    let server = start().await;
    let mut client = connect(&server, Who::User, "/open", 1).await;
    client
        .send(json!({"type": 1, "target": "Role", "arguments": []}))
        .await;
    client
        .send(json!({"type": 1, "target": "Policy", "arguments": ["boss"]}))
        .await;
    assert!(call(&mut client, "Policy", json!(["ann"])).await);
}

#[tokio::test]
async fn roles_are_judged_before_arguments_are_read() {
    let server = start().await;
    let mut client = connect(&server, Who::User, "/open", 1).await;
    let answer = client.invoke("Role", json!([1, 2])).await;
    assert!(!is_allowed(&answer, "Role"));
}
