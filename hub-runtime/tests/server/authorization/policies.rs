//! What policies see, and who a user is.

use super::hub::{Guarded, OWN_OR_ADMIN, OpenHub, Who, bearer, connect, status, upgrade};
use crate::client::Client;
use crate::hub::Server;
use axum::Router;
use hub_runtime::{Authorize, HubContext, PolicyContext, PolicyName, TransportType, User};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const MEMBERS: PolicyName = PolicyName::new("members");

#[tokio::test]
async fn a_policy_sees_the_call() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let notes = Arc::clone(&seen);
    let look = move |call: PolicyContext| {
        let notes = Arc::clone(&notes);
        async move {
            let argument = call.argument::<String>(0);
            let wrong = (call.argument::<u32>(0), call.argument::<String>(1));
            assert_eq!(wrong, (None, None));
            let note = format!(
                "{} {} {:?} {:?} {} {}",
                call.user().id(),
                call.hub(),
                call.method(),
                argument,
                call.http().uri.path(),
                call.connection_id().is_some(),
            );
            notes.lock().unwrap().push(note);
            true
        }
    };
    let make = |builder: hub_runtime::HubsBuilder| {
        builder
            .jwt_bearer(bearer())
            .policy(OWN_OR_ADMIN, look)
            .hub_with::<dyn OpenHub>("/open", Guarded, |options| {
                options
                    .authorization
                    .push(Authorize::new().policy(OWN_OR_ADMIN));
            })
    };
    let server = Server::made(make, Router::new()).await;
    let mut client = connect(&server, Who::User, "/open", 1).await;
    client.invoke("policy", json!(["x"])).await;
    let expected = [
        "ann OpenHub None None /open false",
        "ann OpenHub Some(\"Policy\") Some(\"x\") /open true",
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

/// A hub that is open at one path, and asks for a role and a policy at another.
async fn mounted() -> Server {
    let make = |builder: hub_runtime::HubsBuilder| {
        builder
            .jwt_bearer(bearer())
            .policy(OWN_OR_ADMIN, async |_| true)
            .policy(MEMBERS, async |call| call.user().id() != "bob")
            .hub::<dyn OpenHub>("/open", Guarded)
            .also_at::<dyn OpenHub>("/admins", |options| {
                options
                    .authorization
                    .push(Authorize::new().roles(&["ADMIN"]));
            })
            .also_at::<dyn OpenHub>("/members", |options| {
                options.transports = options.transports.without(TransportType::LongPolling);
                options.authorization.push(Authorize::new().policy(MEMBERS));
            })
            .connection_handler_with(
                "/raw",
                async |_| {},
                |options| {
                    options.authorization.push(Authorize::new());
                },
            )
    };
    Server::made(make, Router::new()).await
}

#[tokio::test]
async fn a_path_may_ask_for_more_than_the_contract() {
    let server = mounted().await;
    let check = async |who, path: &str, expected| {
        let negotiated = status(&server, who, "POST", &format!("{path}/negotiate")).await;
        assert_eq!(negotiated, expected, "{who:?} {path}");
        let socket = upgrade(&server, &who.header(), path).await;
        let socket = socket.map_or_else(|status| status, |_| 200);
        assert_eq!(socket, expected, "{who:?} {path}");
    };
    check(Who::NoToken, "/open", 200).await;
    check(Who::NoToken, "/admins", 401).await;
    check(Who::User, "/admins", 403).await;
    check(Who::Admin, "/admins", 200).await;
    check(Who::NoToken, "/members", 401).await;
    check(Who::Thief, "/members", 403).await;
    check(Who::User, "/members", 200).await;
    check(Who::NoToken, "/raw", 401).await;
    check(Who::User, "/raw", 200).await;
}

#[tokio::test]
async fn a_panic_in_a_policy_lets_nobody_in() {
    let make = |builder: hub_runtime::HubsBuilder| {
        builder
            .jwt_bearer(bearer())
            .policy(OWN_OR_ADMIN, async |_| panic!("a policy panics"))
            .hub::<dyn OpenHub>("/open", Guarded)
    };
    let server = Server::made(make, Router::new()).await;
    let mut client = connect(&server, Who::Admin, "/open", 1).await;
    let answer = client.invoke("Policy", json!(["boss"])).await;
    let error = "An unexpected error occurred invoking 'Policy' on the server.";
    assert_eq!(answer["error"], error);
}

async fn who(client: &mut Client) -> Value {
    client.invoke("Who", json!([])).await["result"].take()
}

#[tokio::test]
async fn a_users_id_may_be_another_than_the_proofs() {
    let make = |builder: hub_runtime::HubsBuilder| {
        builder
            .jwt_bearer(bearer())
            .authenticate(async |request| {
                tokio::task::yield_now().await;
                let is_guest = request.headers.contains_key("host");
                is_guest.then(|| User::new("guest")).into()
            })
            .user_id(|user| format!("{}@example.com", user.id()))
            .policy(OWN_OR_ADMIN, async |_| false)
            .hub::<dyn OpenHub>("/open", Guarded)
    };
    let server = Server::made(make, Router::new()).await;
    let mut ann = connect(&server, Who::User, "/open", 1).await;
    assert_eq!(who(&mut ann).await, "ann@example.com");
    // What knows nobody leaves the question to the next one; what was refused does not.
    let mut guest = connect(&server, Who::NoToken, "/open", 1).await;
    assert_eq!(who(&mut guest).await, "guest@example.com");
    let mut refused = connect(&server, Who::Expired, "/open", 1).await;
    assert_eq!(who(&mut refused).await, "nobody");
    let _: HubContext<dyn OpenHub> = server.hubs.context();
}
