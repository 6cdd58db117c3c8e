//! Filters and those who may not call.

use super::{Notes, Noting, error, result, server};
use crate::client::Client;
use hub_runtime::filters::{HubFilter, HubInvocation, MethodResult, Next};
use hub_runtime::prelude::*;
use hub_runtime::{HubsBuilder, PolicyName};
use serde_json::json;

const NOT_SECRET: PolicyName = PolicyName::new("not-secret");

#[hub]
trait GuardedHub {
    #[authorize(policy = NOT_SECRET)]
    async fn open_door(&self, name: String) -> String;
    #[authorize(roles("ADMIN"))]
    async fn close_door(&self) -> String;
}

struct Guarded;

impl GuardedHub for Guarded {
    async fn open_door(&self, name: String) -> String {
        name
    }

    async fn close_door(&self) -> String {
        "closed".to_owned()
    }
}

fn guarded(builder: HubsBuilder) -> HubsBuilder {
    builder
        .identify(|_| Some(User::new("ann")))
        .policy(NOT_SECRET, async |call| {
            call.argument::<String>(0).as_deref() != Some("secret")
        })
        .hub::<dyn GuardedHub>("/hubs/guarded", Guarded)
}

/// Cuts what stands around a name.
struct Trimming;

impl HubFilter for Trimming {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        if let Ok(name) = call.get::<String>(0) {
            call.set(0, name.trim())?;
        }
        next.run(call).await
    }
}

#[tokio::test]
async fn policies_judge_what_filters_have_made_of_the_arguments() {
    let notes = Notes::default();
    let noting = Noting("saw", notes.clone());
    let server = server(|builder| guarded(builder).filter(noting).filter(Trimming)).await;
    let mut client = Client::json_at(&server, "/hubs/guarded").await;
    let open = client.invoke("OpenDoor", json!([" front "])).await;
    assert_eq!(open, result("front"));
    assert_eq!(notes.take(), ["saw OpenDoor", "saw ok"]);
    let text = "Failed to invoke 'OpenDoor' because user is unauthorized";
    let open = client.invoke("OpenDoor", json!([" secret "])).await;
    assert_eq!(open, error(text));
    assert_eq!(notes.take(), ["saw OpenDoor", "saw Unauthorized"]);
}

/// Notes in advance who is refused.
struct Foreseeing(Notes);

impl HubFilter for Foreseeing {
    async fn invoke_method(
        &self,
        call: &mut HubInvocation,
        next: Next<'_>,
    ) -> Result<MethodResult, HubError> {
        if let Some(refusal) = call.refusal() {
            self.0.note(refusal.to_string());
        }
        next.run(call).await
    }
}

#[tokio::test]
async fn a_missing_role_is_known_before_the_method_is_tried() {
    let notes = Notes::default();
    let foreseeing = Foreseeing(notes.clone());
    let server = server(|builder| guarded(builder).filter(foreseeing)).await;
    let mut client = Client::json_at(&server, "/hubs/guarded").await;
    let text = "Failed to invoke 'CloseDoor' because user is unauthorized";
    assert_eq!(client.invoke("CloseDoor", json!([])).await, error(text));
    assert_eq!(notes.take(), [text]);
}
