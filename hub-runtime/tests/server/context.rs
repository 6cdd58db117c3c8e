use crate::client::{Client, request};
use crate::hub::{Server, TestHub};
use axum::Router;
use axum::extract::Path;
use axum::routing::post;
use hub_runtime::HubContext;
use hub_runtime::prelude::*;
use serde_json::json;

async fn announce(hub: HubContext<dyn TestHub>, Path(text): Path<String>) -> Result<(), String> {
    hub.clients()
        .all()
        .receive(text)
        .await
        .map_err(|error| error.to_string())
}

/// Another hub, which is not mounted.
#[hub]
trait OtherHub {}

async fn lost(_: HubContext<dyn OtherHub>) {}

fn app() -> Router {
    Router::new()
        .route("/announce/{text}", post(announce))
        .route("/lost", post(lost))
}

#[tokio::test]
async fn a_handler_reaches_clients() {
    let server = Server::serving(|_| {}, app()).await;
    let mut client = Client::json(&server).await;
    assert_eq!(
        client.invoke("Echo", json!(["ready"])).await["result"],
        "ready"
    );
    assert_eq!(request(&server, "POST", "/announce/hello").await.0, 200);
    assert_eq!(client.next().await.unwrap()["arguments"], json!(["hello"]));
}

#[tokio::test]
async fn a_task_reaches_clients_and_groups() {
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    assert_eq!(
        client.invoke("Echo", json!(["ready"])).await["result"],
        "ready"
    );
    let hub = server.hubs.context::<dyn TestHub>();
    let task = tokio::spawn(async move { hub.clients().all().receive("from a task").await });
    task.await.unwrap().unwrap();
    assert_eq!(
        client.next().await.unwrap()["arguments"],
        json!(["from a task"])
    );
}

#[tokio::test]
async fn a_hub_that_is_not_mounted_is_named() {
    let server = Server::serving(|_| {}, app()).await;
    let (status, body) = request(&server, "POST", "/lost").await;
    assert_eq!(status, 500);
    assert_eq!(
        body,
        "the hub OtherHub is not mounted here: mount it, and give a handler's router to `Hubs::mount`"
    );
}

#[tokio::test]
async fn an_unknown_connection_has_no_result() {
    let server = Server::start().await;
    let hub = server.hubs.context::<dyn TestHub>();
    let error = hub.clients().client("nobody").ask("?").await.unwrap_err();
    assert_eq!(error.to_string(), "Connection 'nobody' does not exist.");
}

/// A hub that speaks to the clients of another one.
#[hub]
trait TownCrier {
    async fn cry(&self, cx: &Context<dyn TownCrier>, text: String) -> Result<(), HubError>;
    async fn cry_to_nobody(&self, cx: &Context<dyn TownCrier>) -> Result<(), HubError>;
}

struct Crier;

impl TownCrier for Crier {
    async fn cry(&self, cx: &Context<dyn TownCrier>, text: String) -> Result<(), HubError> {
        let town = cx.another_hub::<dyn TestHub>()?;
        town.clients().all().receive(text).await?;
        Ok(())
    }

    async fn cry_to_nobody(&self, cx: &Context<dyn TownCrier>) -> Result<(), HubError> {
        cx.another_hub::<dyn OtherHub>()?;
        Ok(())
    }
}

#[tokio::test]
async fn a_hub_reaches_the_clients_of_another_hub() {
    let server = Server::beside::<dyn TownCrier>("/hubs/crier", Crier).await;
    let mut townsman = Client::json(&server).await;
    assert_eq!(
        townsman.invoke("Echo", json!(["ready"])).await["result"],
        "ready"
    );
    let mut crier = Client::json_at(&server, "/hubs/crier").await;
    crier.call("1", "Cry", json!(["Hear ye!"])).await;
    assert_eq!(crier.next().await.unwrap()["result"], json!(null));
    assert_eq!(
        townsman.next().await.unwrap()["arguments"],
        json!(["Hear ye!"])
    );
    crier.call("2", "CryToNobody", json!([])).await;
    let error = "An unexpected error occurred invoking 'CryToNobody' on the server.";
    assert_eq!(crier.next().await.unwrap()["error"], error);
}
