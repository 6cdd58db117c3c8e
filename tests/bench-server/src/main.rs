//! The server by which the project's speed is judged. Nothing in it is special: the ordinary
//! macros, typed arguments, default options, JSON and MessagePack.
//!
//! ```text
//! cargo run --release -p hub-bench-server -- --listen 127.0.0.1:7200
//! ```

use axum::Router;
use hub_runtime::Hubs;
use hub_runtime::prelude::*;
use std::error::Error;
use tokio::net::TcpListener;

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

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = address().ok_or("usage: hub-bench-server --listen ADDRESS")?;
    let hubs = Hubs::builder()
        .message_pack()
        .hub::<dyn BenchHub>("/hubs/bench", Bench)
        .build()?;
    let listener = TcpListener::bind(address).await?;
    println!("listening on {}", listener.local_addr()?);
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    hub_runtime::serve(listener, hubs.mount(Router::new()))
        .with_graceful_shutdown(stop)
        .await?;
    Ok(())
}

fn address() -> Option<String> {
    let mut arguments = std::env::args().skip_while(|argument| argument != "--listen");
    arguments.nth(1)
}
