//! Every shape of a method, implemented as users would.
#![deny(missing_docs, missing_debug_implementations, unreachable_pub, warnings)]

use hub_runtime::prelude::*;

/// A question.
#[hub_type]
#[derive(Debug, Clone)]
pub struct Poll {
    /// What is asked.
    pub question: String,
    /// What can be answered.
    pub options: Vec<String>,
}

/// Calls the server makes.
#[hub_client]
pub trait ChatClient {
    /// A message arrived.
    async fn receive_message(&self, user: String, poll: Poll);
    /// Nothing to say.
    async fn ping(&self);
    /// Asks one client.
    async fn vote(&self, poll: Poll) -> u32;
}

/// Calls a client makes.
#[hub(client = ChatClient)]
pub trait ChatHub {
    /// Answers with nothing.
    async fn join(&self, room: String);
    /// Takes its context, and may fail.
    async fn say(&self, cx: &Context<dyn ChatHub>, text: String) -> Result<u32, HubError>;
    /// Some may be left out.
    async fn ban(&self, user: String, reason: Option<String>, days: Option<u32>) -> Poll;
    /// A stream.
    fn counter(&self, count: u32) -> impl Stream<Item = u32>;
    /// A stream with a context.
    fn ticks(&self, cx: &Context<dyn ChatHub>) -> impl Stream<Item = Result<Poll, HubError>>;
    /// A stream after some preparation.
    async fn late(&self) -> impl Stream<Item = Poll>;
    /// A stream that may not come about.
    async fn history(
        &self,
        room: String,
    ) -> Result<impl Stream<Item = Result<Poll, HubError>>, HubError>;
    /// An upload.
    async fn upload(&self, name: String, chunks: impl Stream<Item = Bytes>) -> Result<u64, HubError>;
    /// An upload and a stream.
    fn echo(&self, items: impl Stream<Item = Result<Poll, HubError>>) -> impl Stream<Item = Poll>;
}

/// A hub.
#[derive(Debug)]
pub struct Chat;

impl ChatHub for Chat {
    async fn on_connected(&self, cx: &Context<dyn ChatHub>) -> Result<(), HubError> {
        cx.clients().all().ping().await?;
        Ok(())
    }
    async fn on_disconnected(&self, _: &Context<dyn ChatHub>, _: DisconnectReason) {}
    async fn join(&self, _room: String) {}
    async fn say(&self, cx: &Context<dyn ChatHub>, text: String) -> Result<u32, HubError> {
        let poll = Poll { question: text, options: Vec::new() };
        cx.clients().others().receive_message("server", &poll).await?;
        Ok(cx.clients().caller().vote(poll).await?)
    }
    async fn ban(&self, user: String, _reason: Option<String>, _days: Option<u32>) -> Poll {
        Poll { question: user, options: Vec::new() }
    }
    fn counter(&self, count: u32) -> impl Stream<Item = u32> {
        futures_util::stream::iter(0..count)
    }
    fn ticks(&self, _: &Context<dyn ChatHub>) -> impl Stream<Item = Result<Poll, HubError>> {
        futures_util::stream::empty()
    }
    async fn late(&self) -> impl Stream<Item = Poll> {
        futures_util::stream::empty()
    }
    async fn history(
        &self,
        _: String,
    ) -> Result<impl Stream<Item = Result<Poll, HubError>>, HubError> {
        Ok(futures_util::stream::empty())
    }
    async fn upload(&self, _: String, chunks: impl Stream<Item = Bytes>) -> Result<u64, HubError> {
        use futures_util::StreamExt;
        Ok(chunks.count().await as u64)
    }
    fn echo(&self, items: impl Stream<Item = Result<Poll, HubError>>) -> impl Stream<Item = Poll> {
        use futures_util::StreamExt;
        items.filter_map(async |item| item.ok())
    }
}

fn main() {}
