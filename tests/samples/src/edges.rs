//! Bytes and dates at every edge that is no argument or result.

use crate::values::Document;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt, stream};
use hub_runtime::prelude::*;

/// What is called back.
#[hub_client]
pub trait EdgesClient {
    async fn told(&self, by: String, document: Document);
    async fn nothing_told(&self, text: String);
    async fn ask(&self, documents: Vec<Document>) -> Document;
    async fn asked_for_bytes(&self, at: DateTime<Utc>) -> Option<Bytes>;
    async fn noted(&self, content: Bytes) -> ();
}

#[hub_error]
#[derive(Debug)]
pub enum EdgeError {
    #[hub_error("It has to be another one.")]
    Known { document: Document },
    #[hub_error("Too early.")]
    Early(DateTime<Utc>),
    #[hub_error("Nothing is said.")]
    Silent,
}

/// Carries values on all ways.
#[hub(client = EdgesClient)]
pub trait EdgesHub {
    async fn optional(&self, content: Option<Bytes>, at: Option<DateTime<Utc>>) -> Option<Bytes>;
    fn items(&self, document: Document, count: u32) -> impl Stream<Item = Document>;
    async fn collect(&self, documents: impl Stream<Item = Document>) -> Vec<Document>;
    fn turn_around(&self, chunks: impl Stream<Item = Bytes>) -> impl Stream<Item = Bytes>;
    async fn tell(&self, cx: &Context<dyn EdgesHub>, document: Document) -> Result<(), HubError>;
    async fn ask(
        &self,
        cx: &Context<dyn EdgesHub>,
        document: Document,
    ) -> Result<Document, HubError>;
    async fn ask_for_bytes(
        &self,
        cx: &Context<dyn EdgesHub>,
        at: DateTime<Utc>,
    ) -> Result<Option<Bytes>, HubError>;
    async fn note(&self, cx: &Context<dyn EdgesHub>, content: Bytes) -> Result<(), HubError>;
    async fn fail(&self, document: Document) -> Result<(), EdgeError>;
    async fn fail_early(&self, at: DateTime<Utc>) -> Result<Bytes, EdgeError>;
    fn fail_within(&self, document: Document) -> impl Stream<Item = Result<Bytes, EdgeError>>;
    async fn fail_silently(&self) -> Result<(), EdgeError>;
}

/// Gives back what it gets.
#[derive(Debug)]
pub struct Edges;

impl EdgesHub for Edges {
    async fn optional(&self, content: Option<Bytes>, _at: Option<DateTime<Utc>>) -> Option<Bytes> {
        content
    }

    fn items(&self, document: Document, count: u32) -> impl Stream<Item = Document> {
        stream::iter((0..count).map(move |_| document.clone()))
    }

    async fn collect(&self, documents: impl Stream<Item = Document>) -> Vec<Document> {
        documents.collect().await
    }

    fn turn_around(&self, chunks: impl Stream<Item = Bytes>) -> impl Stream<Item = Bytes> {
        chunks.map(|chunk| chunk.iter().rev().copied().collect::<Vec<_>>().into())
    }

    async fn tell(&self, cx: &Context<dyn EdgesHub>, document: Document) -> Result<(), HubError> {
        let caller = cx.clients().caller();
        caller.told("ann".to_owned(), document).await?;
        caller.nothing_told("AH//".to_owned()).await?;
        Ok(())
    }

    async fn ask(
        &self,
        cx: &Context<dyn EdgesHub>,
        document: Document,
    ) -> Result<Document, HubError> {
        Ok(cx.clients().caller().ask(vec![document]).await?)
    }

    async fn ask_for_bytes(
        &self,
        cx: &Context<dyn EdgesHub>,
        at: DateTime<Utc>,
    ) -> Result<Option<Bytes>, HubError> {
        Ok(cx.clients().caller().asked_for_bytes(at).await?)
    }

    async fn note(&self, cx: &Context<dyn EdgesHub>, content: Bytes) -> Result<(), HubError> {
        Ok(cx.clients().caller().noted(content).await?)
    }

    async fn fail(&self, document: Document) -> Result<(), EdgeError> {
        Err(EdgeError::Known { document })
    }

    async fn fail_early(&self, at: DateTime<Utc>) -> Result<Bytes, EdgeError> {
        Err(EdgeError::Early(at))
    }

    fn fail_within(&self, document: Document) -> impl Stream<Item = Result<Bytes, EdgeError>> {
        let content = document.content.clone();
        stream::iter([Ok(content), Err(EdgeError::Known { document })])
    }

    async fn fail_silently(&self) -> Result<(), EdgeError> {
        Err(EdgeError::Silent)
    }
}
