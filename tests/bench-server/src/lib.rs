//! The hub by which the project's speed is judged. Nothing in it is special: the ordinary macros,
//! typed arguments, default options, JSON and MessagePack. A client that wants to be somebody says
//! so in its query: `?user=ada`.

use hub_runtime::prelude::*;
use hub_runtime::{BuildError, Hubs};

/// Where [`hubs`] has the hub.
pub const PATH: &str = "/hubs/bench";

/// The hub, mounted at [`PATH`].
pub fn hubs() -> Result<Hubs, BuildError> {
    Hubs::builder()
        .message_pack()
        .identify(|request| Some(User::new(request.uri.query()?.strip_prefix("user=")?)))
        .hub::<dyn BenchHub>(PATH, Bench)
        .build()
}

/// Calls the server makes.
#[hub_client]
pub trait BenchClient {
    /// A broadcast arrived.
    async fn receive(&self, text: String);
}

/// Calls a load generator makes.
#[hub(client = BenchClient)]
pub trait BenchHub {
    /// Gives the text back.
    async fn echo(&self, text: String) -> String;

    /// Sends the text to everyone, the caller too.
    async fn broadcast(&self, cx: &Context<dyn BenchHub>, text: String) -> Result<(), HubError>;

    /// Joins a group.
    async fn join_group(&self, cx: &Context<dyn BenchHub>, group: String) -> Result<(), HubError>;

    /// Sends the text to the members of a group.
    async fn send_to_group(
        &self,
        cx: &Context<dyn BenchHub>,
        group: String,
        text: String,
    ) -> Result<(), HubError>;

    /// Counts from zero.
    fn counter(&self, count: u32) -> impl Stream<Item = u32>;
}

#[derive(Debug)]
struct Bench;

impl BenchHub for Bench {
    async fn echo(&self, text: String) -> String {
        text
    }

    async fn broadcast(&self, cx: &Context<dyn BenchHub>, text: String) -> Result<(), HubError> {
        cx.clients().all().receive(&text).await?;
        Ok(())
    }

    async fn join_group(&self, cx: &Context<dyn BenchHub>, group: String) -> Result<(), HubError> {
        cx.groups().add(&group).await?;
        Ok(())
    }

    async fn send_to_group(
        &self,
        cx: &Context<dyn BenchHub>,
        group: String,
        text: String,
    ) -> Result<(), HubError> {
        cx.clients().group(&group).receive(&text).await?;
        Ok(())
    }

    fn counter(&self, count: u32) -> impl Stream<Item = u32> {
        futures_util::stream::iter(0..count)
    }
}
