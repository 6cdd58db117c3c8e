//! New credentials for connections that live (wire specification, section 7.4).

use super::hub::{Who, after, ask, bearer, connect, upgrade};
use crate::client::{Answer, Client, answer, open_with};
use crate::hub::Server;
use axum::Router;
use axum::routing::post;
use hub_runtime::prelude::*;
use hub_runtime::{HubOptions, HubsBuilder};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::io::AsyncReadExt as _;
use tokio::sync::Notify;

const HANDSHAKE: &str = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
const ADMINS: PolicyName = PolicyName::new("admins");
const HOUR: Duration = Duration::from_secs(3600);

#[hub_client]
pub(super) trait FreshClient {
    async fn refreshed(&self, role: Option<String>);
    async fn news(&self, of: String);
}

#[hub(client = FreshClient)]
pub(super) trait FreshHub {
    async fn role(&self, cx: &Context<dyn FreshHub>) -> Option<String>;
    /// The role before and after the test says so.
    async fn roles(&self, cx: &Context<dyn FreshHub>) -> Vec<Option<String>>;
    #[authorize(roles("ADMIN"))]
    async fn by_role(&self) -> String;
    #[authorize(policy = ADMINS)]
    async fn by_policy(&self) -> String;
    async fn join(&self, cx: &Context<dyn FreshHub>) -> Result<(), HubError>;
    /// News for the caller's group, and for the caller's user.
    async fn tell(&self, cx: &Context<dyn FreshHub>) -> Result<(), HubError>;
}

#[derive(Default)]
struct Fresh {
    looked: Notify,
    go_on: Notify,
}

/// What tests wait for, and let go.
struct Shared(Arc<Fresh>);

fn role(cx: &Context<dyn FreshHub>) -> Option<String> {
    cx.user()?.claims("role").next().map(str::to_owned)
}

impl FreshHub for Shared {
    async fn on_authentication_refreshed(&self, cx: &Context<dyn FreshHub>) {
        let told = cx.clients().caller().refreshed(role(cx));
        told.await.expect("the caller is there");
    }

    async fn role(&self, cx: &Context<dyn FreshHub>) -> Option<String> {
        role(cx)
    }

    async fn roles(&self, cx: &Context<dyn FreshHub>) -> Vec<Option<String>> {
        let before = role(cx);
        self.0.looked.notify_one();
        self.0.go_on.notified().await;
        vec![before, role(cx)]
    }

    async fn by_role(&self) -> String {
        "admin".to_owned()
    }

    async fn by_policy(&self) -> String {
        "admin".to_owned()
    }

    async fn join(&self, cx: &Context<dyn FreshHub>) -> Result<(), HubError> {
        Ok(cx.groups().add("readers").await?)
    }

    async fn tell(&self, cx: &Context<dyn FreshHub>) -> Result<(), HubError> {
        cx.clients()
            .group("readers")
            .news("group".to_owned())
            .await?;
        let id = cx.user_id().unwrap_or_default();
        cx.clients().user(id).news("user".to_owned()).await?;
        Ok(())
    }
}

async fn start_with(
    adjust: impl FnOnce(&mut HubOptions) + 'static,
    more: impl FnOnce(HubsBuilder) -> HubsBuilder,
) -> (Server, Arc<Fresh>) {
    let fresh = Arc::<Fresh>::default();
    let hub = Shared(Arc::clone(&fresh));
    let make = |builder: HubsBuilder| {
        let builder = builder
            .jwt_bearer(bearer())
            .policy(ADMINS, async |call| call.user().has_role("ADMIN"))
            .hub_with::<dyn FreshHub>("/fresh", hub, |options| {
                options.enable_authentication_refresh = true;
                options.allow_stateful_reconnects = true;
                adjust(options);
            });
        more(builder)
    };
    // One path is the application's, which may have such a thing too.
    let app = Router::new().route("/hubs/test/refresh", post(async || "the application's"));
    (Server::made(make, app).await, fresh)
}

async fn start() -> Server {
    start_with(|_| {}, |builder| builder).await.0
}

async fn negotiated(server: &Server, who: Who) -> (String, Value) {
    let path = "/fresh/negotiate?negotiateVersion=1&useStatefulReconnect=true";
    let answer = ask(server, who, "POST", path, "").await;
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    let token = body["connectionToken"].as_str().expect("a token");
    (format!("?id={token}"), body)
}

async fn refresh(server: &Server, who: Who, query: &str) -> Answer {
    ask(server, who, "POST", &format!("/fresh/refresh{query}"), "").await
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16, code: &str) {
    let body = format!("{{\"error\":\"{code}\"}}");
    assert_eq!((answer.status, answer.body.as_str()), (status, &*body));
}

#[track_caller]
fn is_taken(answer: &Answer) {
    assert_eq!(answer.status, 200, "{answer:?}");
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    let seconds = body["tokenLifetimeSeconds"].as_u64().expect("a number");
    assert!((3500..=3600).contains(&seconds), "{seconds}");
}

/// A connection of Ann's over a WebSocket, by a token.
async fn socket(server: &Server) -> (String, Client) {
    let (query, _) = negotiated(server, Who::User).await;
    let client = connect(server, Who::User, &format!("/fresh{query}"), 1).await;
    (query, client)
}

fn told(role: &str) -> Value {
    json!({"type": 1, "target": "Refreshed", "arguments": [role]})
}

/// The hub was told of a refresh, and by which role the user has now.
async fn is_told(client: &mut Client, role: &str) {
    assert_eq!(client.next().await, Some(told(role)));
}

#[tokio::test]
async fn what_is_refused_and_how() {
    let server = start().await;
    let (query, mut client) = socket(&server).await;
    let check = async |who, query: &str, status, code| {
        is_refused(&refresh(&server, who, query).await, status, code);
    };
    check(Who::User, "", 400, "missing_connection_token").await;
    for nobody in [Who::NoToken, Who::Expired, Who::WrongSignature] {
        check(nobody, &query, 401, "invalid_token").await;
    }
    for another in [Who::Thief, Who::Admin] {
        check(another, &query, 403, "permission_change_rejected").await;
    }
    check(Who::User, "?id=unknown", 404, "connection_not_found").await;
    let (waiting, _) = negotiated(&server, Who::User).await;
    check(Who::User, &waiting, 404, "connection_not_found").await;
    // One that began as nobody's stays so.
    let (nobodys, _) = negotiated(&server, Who::NoToken).await;
    let _nobody = connect(&server, Who::NoToken, &format!("/fresh{nobodys}"), 1).await;
    check(Who::User, &nobodys, 403, "permission_change_rejected").await;
    // Its id is its token.
    let old = ask(&server, Who::User, "POST", "/fresh/negotiate", "").await;
    let old: Value = serde_json::from_str(&old.body).expect("JSON");
    let old = format!("?id={}", old["connectionId"].as_str().expect("an id"));
    let _old = connect(&server, Who::User, &format!("/fresh{old}"), 1).await;
    check(Who::User, &old, 400, "unsupported_negotiate_version").await;
    let get = ask(
        &server,
        Who::User,
        "GET",
        &format!("/fresh/refresh{query}"),
        "",
    )
    .await;
    assert_eq!(get.status, 405);
    // None of it has left a trace.
    assert_eq!(client.invoke("Role", json!([])).await["result"], "USER");
}

#[tokio::test]
async fn where_it_is_off_the_path_is_the_applications() {
    let server = start().await;
    let path = "/hubs/test/refresh";
    let answer = ask(&server, Who::User, "POST", path, "").await;
    assert_eq!(answer.body, "the application's");
    let path = format!("{path}?id=x");
    let answer = ask(&server, Who::User, "POST", &path, "").await;
    is_refused(&answer, 404, "refresh_disabled");
}

#[tokio::test]
async fn calls_behind_it_are_those_of_the_new_user() {
    let server = start().await;
    let (query, mut client) = socket(&server).await;
    for method in ["ByRole", "ByPolicy"] {
        let answer = client.invoke(method, json!([])).await;
        assert!(answer["error"].is_string(), "{answer}");
    }
    is_taken(&refresh(&server, Who::Promoted, &query).await);
    is_told(&mut client, "ADMIN").await;
    for method in ["ByRole", "ByPolicy"] {
        assert_eq!(client.invoke(method, json!([])).await["result"], "admin");
    }
    // And back.
    is_taken(&refresh(&server, Who::User, &query).await);
    is_told(&mut client, "USER").await;
    for method in ["ByRole", "ByPolicy"] {
        let answer = client.invoke(method, json!([])).await;
        assert!(answer["error"].is_string(), "{answer}");
    }
}

#[tokio::test]
async fn user_and_groups_stay() {
    let server = start().await;
    let (query, mut client) = socket(&server).await;
    client.invoke("Join", json!([])).await;
    is_taken(&refresh(&server, Who::Promoted, &query).await);
    is_told(&mut client, "ADMIN").await;
    client.call("1", "Tell", json!([])).await;
    for of in ["group", "user"] {
        let news = json!({"type": 1, "target": "News", "arguments": [of]});
        assert_eq!(client.next().await, Some(news));
    }
}

#[tokio::test]
async fn a_call_that_runs_sees_one_user() {
    let (server, hub) = start_with(|_| {}, |builder| builder).await;
    let (query, mut client) = socket(&server).await;
    client.call("1", "Roles", json!([])).await;
    hub.looked.notified().await;
    is_taken(&refresh(&server, Who::Promoted, &query).await);
    is_told(&mut client, "ADMIN").await;
    hub.go_on.notify_one();
    let answer = client.next().await.expect("an answer");
    assert_eq!(answer["result"], json!(["USER", "USER"]));
    assert_eq!(client.invoke("Role", json!([])).await["result"], "ADMIN");
}

/// A polling connection of Ann's, and the credentials that it polls with.
struct Poller {
    query: String,
    credentials: String,
}

impl Poller {
    async fn connect(server: &Server) -> Self {
        let (query, _) = negotiated(server, Who::User).await;
        let credentials = Who::User.header();
        let poller = Self { query, credentials };
        poller.poll(server).await;
        poller.post(server, HANDSHAKE).await;
        assert_eq!(poller.poll(server).await.body, "{}\u{1e}");
        poller
    }

    fn path(&self) -> String {
        format!("/fresh{}", self.query)
    }

    async fn poll(&self, server: &Server) -> Answer {
        self.poll_with(server, &self.credentials).await
    }

    async fn poll_with(&self, server: &Server, credentials: &str) -> Answer {
        answer(open_with(server, "GET", &self.path(), credentials, "").await).await
    }

    async fn post(&self, server: &Server, body: &str) {
        let posted = open_with(server, "POST", &self.path(), &self.credentials, body).await;
        assert_eq!(answer(posted).await.status, 200);
    }
}

const TOLD: &str = "{\"type\":1,\"target\":\"Refreshed\",\"arguments\":[\"ADMIN\"]}\u{1e}";

#[tokio::test]
async fn polling_connections_are_refreshed_too() {
    let server = start().await;
    let poller = Poller::connect(&server).await;
    is_taken(&refresh(&server, Who::Promoted, &poller.query).await);
    assert_eq!(poller.poll(&server).await.body, TOLD);
}

#[tokio::test]
async fn event_streams_are_refreshed_too() {
    let server = start().await;
    let (query, _) = negotiated(&server, Who::User).await;
    let path = format!("/fresh{query}&accept-events");
    let mut events = open_with(&server, "GET", &path, &Who::User.header(), "").await;
    let mut text = String::new();
    let until = async |text: &mut String, events: &mut tokio::net::TcpStream, what: &str| {
        while !text.contains(what) {
            let mut bytes = [0; 1024];
            let count = events.read(&mut bytes).await.expect("a stream");
            assert!(count > 0, "{text}");
            text.push_str(str::from_utf8(&bytes[..count]).expect("text"));
        }
    };
    until(&mut text, &mut events, ":\r\n").await;
    ask(&server, Who::User, "POST", &path, HANDSHAKE).await;
    until(&mut text, &mut events, "data: {}\u{1e}").await;
    is_taken(&refresh(&server, Who::Promoted, &query).await);
    until(&mut text, &mut events, TOLD).await;
}

/// Credentials that hold for longer than those of [`Who::header`].
fn newer(who: Who) -> String {
    super::hub::until(who, after(2 * HOUR))
}

#[tokio::test]
async fn a_poll_with_newer_credentials_refreshes_and_an_older_one_does_not() {
    let server = start().await;
    let poller = Poller::connect(&server).await;
    let newer = newer(Who::Promoted);
    assert_eq!(poller.poll_with(&server, &newer).await.body, TOLD);
    let call = "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Role\",\"arguments\":[]}\u{1e}";
    poller.post(&server, call).await;
    let expected = "{\"type\":3,\"invocationId\":\"1\",\"result\":\"ADMIN\"}\u{1e}";
    assert_eq!(poller.poll(&server).await.body, expected);
}

#[tokio::test]
async fn a_stateful_reconnect_with_newer_credentials_refreshes() {
    let server = start().await;
    let (query, _) = negotiated(&server, Who::User).await;
    let path = format!("/fresh{query}");
    let client = connect(&server, Who::User, &path, 2).await;
    client.vanish();
    let mut client = upgrade(&server, &newer(Who::Promoted), &path)
        .await
        .expect("a socket");
    client.send(json!({"type": 9, "sequenceId": 1})).await;
    while client.next().await.expect("a message") != told("ADMIN") {}
    assert_eq!(client.invoke("Role", json!([])).await["result"], "ADMIN");
}

#[tokio::test]
async fn the_application_may_refuse() {
    let judged = |builder: HubsBuilder| {
        builder.on_authentication_refresh(async |refresh| {
            assert_eq!(
                (refresh.hub(), refresh.old_user().id()),
                ("FreshHub", "ann")
            );
            assert!(!refresh.connection_id().is_empty());
            assert!(refresh.http().headers.contains_key("authorization"));
            assert!(
                refresh
                    .expires_at()
                    .is_some_and(|it| it > SystemTime::now())
            );
            refresh.old_user().has_role("ADMIN") == refresh.new_user().has_role("ADMIN")
        })
    };
    let (server, _) = start_with(|_| {}, judged).await;
    let (query, mut client) = socket(&server).await;
    let rejected = refresh(&server, Who::Promoted, &query).await;
    is_refused(&rejected, 403, "permission_change_rejected");
    assert_eq!(client.invoke("Role", json!([])).await["result"], "USER");
    is_taken(&refresh(&server, Who::User, &query).await);
    is_told(&mut client, "USER").await;
    // A poll that is refused is the end of its connection.
    let poller = Poller::connect(&server).await;
    let newer = newer(Who::Promoted);
    assert_eq!(poller.poll_with(&server, &newer).await.status, 403);
    assert_eq!(poller.poll(&server).await.body, "{\"type\":7}\u{1e}");
}

#[tokio::test]
async fn a_refreshed_connection_outlives_its_first_proof() {
    const SOON: Duration = Duration::from_millis(500);
    let close = |options: &mut HubOptions| {
        options.close_on_authentication_expiration = true;
        options.handshake_timeout = SOON;
    };
    let (server, _) = start_with(close, |builder| builder).await;
    let soon = super::hub::until(Who::User, after(SOON));
    let (query, _) = negotiated(&server, Who::User).await;
    let path = format!("/fresh{query}");
    let mut client = upgrade(&server, &soon, &path).await.expect("a socket");
    client.shake_hands().await;
    // Another connection of the first proof's is the clock.
    let mut clock = upgrade(&server, &soon, "/fresh").await.expect("a socket");
    clock.shake_hands().await;
    is_taken(&refresh(&server, Who::User, &query).await);
    let close = json!({"type": 7, "allowReconnect": true});
    assert_eq!(clock.last().await, Some(close));
    is_told(&mut client, "USER").await;
    assert_eq!(client.invoke("Role", json!([])).await["result"], "USER");
}

#[tokio::test]
async fn clients_are_told_how_long_their_token_lives() {
    let (server, _) = start_with(
        |options| options.maximum_authentication_expiration = Some(Duration::from_secs(60)),
        |builder| builder,
    )
    .await;
    let (_, body) = negotiated(&server, Who::User).await;
    let seconds = body["tokenLifetimeSeconds"].as_u64().expect("a number");
    assert!((50..=60).contains(&seconds), "{seconds}");
    let (_, body) = negotiated(&server, Who::NoToken).await;
    assert_eq!(body.get("tokenLifetimeSeconds"), None);
    let path = "/hubs/test/negotiate?negotiateVersion=1";
    let off = ask(&server, Who::User, "POST", path, "").await;
    assert!(!off.body.contains("tokenLifetimeSeconds"), "{}", off.body);
}

#[tokio::test]
async fn no_proof_counts_longer_than_the_server_says() {
    let limit = |options: &mut HubOptions| {
        options.close_on_authentication_expiration = true;
        options.handshake_timeout = Duration::from_millis(500);
        options.maximum_authentication_expiration = Some(Duration::from_millis(300));
    };
    let (server, _) = start_with(limit, |builder| builder).await;
    let mut client = connect(&server, Who::User, "/fresh", 1).await;
    let close = json!({"type": 7, "allowReconnect": true});
    assert_eq!(client.last().await, Some(close));
}
