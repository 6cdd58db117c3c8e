//! `/hubs/test`, for suites that this project runs from outside.

use futures_util::{StreamExt as _, stream};
use hub_conformance_contract::ConformanceHub;
use hub_runtime::prelude::*;
use std::time::Duration;

/// Answers by the contract and keeps nothing.
#[derive(Debug, Default)]
pub(crate) struct Conformance;

impl ConformanceHub for Conformance {
    async fn echo(&self, text: String) -> String {
        text
    }

    async fn add(&self, left: i32, right: i32) -> i32 {
        left.wrapping_add(right)
    }

    async fn admin_only(&self) -> String {
        "admin".to_owned()
    }

    fn admin_counter(&self, count: u32) -> impl Stream<Item = u32> {
        self.counter(count, 0)
    }

    async fn admin_sum(&self, numbers: impl Stream<Item = i64>) -> i64 {
        sum(numbers).await
    }

    async fn throw_error(&self) -> Result<(), HubError> {
        Err(HubError::new("An error occurred."))
    }

    async fn panic(&self) {
        panic!("a hub method that panics on purpose");
    }

    async fn slow(&self, milliseconds: u32) -> String {
        tokio::time::sleep(Duration::from_millis(milliseconds.into())).await;
        "done".to_owned()
    }

    async fn broadcast(
        &self,
        cx: &Context<dyn ConformanceHub>,
        text: String,
    ) -> Result<(), HubError> {
        Ok(cx.clients().all().receive(text).await?)
    }

    fn counter(&self, count: u32, delay_ms: u32) -> impl Stream<Item = u32> {
        let delay = Duration::from_millis(delay_ms.into());
        stream::iter(0..count).then(move |number| async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            number
        })
    }

    fn counter_that_fails(&self, count: u32) -> impl Stream<Item = Result<u32, HubError>> {
        let failure = Err(HubError::new("The counter is broken."));
        stream::iter((0..count).map(Ok).chain([failure]))
    }

    async fn sum_stream(&self, numbers: impl Stream<Item = i64>) -> i64 {
        sum(numbers).await
    }

    async fn upload(
        &self,
        _name: String,
        chunks: impl Stream<Item = Bytes>,
    ) -> Result<u64, HubError> {
        let length = chunks.fold(0, async |sum: usize, chunk| sum + chunk.len());
        Ok(length.await.try_into()?)
    }

    fn running_sum(&self, numbers: impl Stream<Item = i64>) -> impl Stream<Item = i64> {
        numbers.scan(0_i64, |sum, number| {
            *sum = sum.wrapping_add(number);
            std::future::ready(Some(*sum))
        })
    }

    async fn broadcast_stream(
        &self,
        cx: &Context<dyn ConformanceHub>,
        texts: impl Stream<Item = String>,
    ) -> Result<(), HubError> {
        let mut texts = std::pin::pin!(texts);
        while let Some(text) = texts.next().await {
            cx.clients().all().receive(text).await?;
        }
        Ok(())
    }

    async fn join_group(
        &self,
        cx: &Context<dyn ConformanceHub>,
        group: String,
    ) -> Result<(), HubError> {
        Ok(cx.groups().add(group).await?)
    }

    async fn leave_group(
        &self,
        cx: &Context<dyn ConformanceHub>,
        group: String,
    ) -> Result<(), HubError> {
        Ok(cx.groups().remove(group).await?)
    }

    async fn send_to_group(
        &self,
        cx: &Context<dyn ConformanceHub>,
        group: String,
        text: String,
    ) -> Result<(), HubError> {
        Ok(cx.clients().group(group).receive(text).await?)
    }

    async fn ask_caller(&self, cx: &Context<dyn ConformanceHub>) -> Result<i32, HubError> {
        Ok(cx.clients().caller().ask().await?)
    }

    async fn http_version(&self, cx: &Context<dyn ConformanceHub>) -> String {
        format!("{:?}", cx.http().version)
    }
}

async fn sum(numbers: impl Stream<Item = i64>) -> i64 {
    let sum = numbers.fold(0, async |sum: i64, number| sum.wrapping_add(number));
    sum.await
}
