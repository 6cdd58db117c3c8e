//! `/hubs/test`: what suites that this project runs from outside call.

use hub_runtime::prelude::*;

/// Calls the server makes.
#[hub_client]
pub trait ConformanceClient {
    /// A text was sent.
    async fn receive(&self, text: String);

    /// Asks for a number.
    async fn ask(&self) -> i32;
}

/// Calls a client makes.
#[hub(client = ConformanceClient)]
pub trait ConformanceHub {
    /// Gives back what it gets.
    async fn echo(&self, text: String) -> String;

    /// Adds two numbers.
    async fn add(&self, left: i32, right: i32) -> i32;

    /// Fails with an error that the caller may read.
    async fn throw_error(&self) -> Result<(), HubError>;

    /// Panics.
    async fn panic(&self);

    /// Answers after a while.
    async fn slow(&self, milliseconds: u32) -> String;

    /// Sends the text to all, the caller too.
    async fn broadcast(
        &self,
        cx: &Context<dyn ConformanceHub>,
        text: String,
    ) -> Result<(), HubError>;

    /// Counts from zero, one number each `delay_ms`.
    fn counter(&self, count: u32, delay_ms: u32) -> impl Stream<Item = u32>;

    /// Counts from zero and then fails.
    fn counter_that_fails(&self, count: u32) -> impl Stream<Item = Result<u32, HubError>>;

    /// The sum of all items.
    async fn sum_stream(&self, numbers: impl Stream<Item = i64>) -> i64;

    /// The number of bytes.
    async fn upload(
        &self,
        name: String,
        chunks: impl Stream<Item = Bytes>,
    ) -> Result<u64, HubError>;

    /// The sum after each item.
    fn running_sum(&self, numbers: impl Stream<Item = i64>) -> impl Stream<Item = i64>;

    /// Sends each text to all, the caller too: what an upload came to is seen even by clients that
    /// upload without waiting for a result.
    async fn broadcast_stream(
        &self,
        cx: &Context<dyn ConformanceHub>,
        texts: impl Stream<Item = String>,
    ) -> Result<(), HubError>;

    /// Adds the caller to a group.
    async fn join_group(
        &self,
        cx: &Context<dyn ConformanceHub>,
        group: String,
    ) -> Result<(), HubError>;

    /// Takes the caller out of a group.
    async fn leave_group(
        &self,
        cx: &Context<dyn ConformanceHub>,
        group: String,
    ) -> Result<(), HubError>;

    /// Sends the text to a group.
    async fn send_to_group(
        &self,
        cx: &Context<dyn ConformanceHub>,
        group: String,
        text: String,
    ) -> Result<(), HubError>;

    /// Asks the caller for a number, and answers with it.
    async fn ask_caller(&self, cx: &Context<dyn ConformanceHub>) -> Result<i32, HubError>;

    /// Answers admins.
    #[authorize(roles("admin"))]
    async fn admin_only(&self) -> String;

    /// Counts from zero for admins.
    #[authorize(roles("admin"))]
    fn admin_counter(&self, count: u32) -> impl Stream<Item = u32>;

    /// The sum of what admins send.
    #[authorize(roles("admin"))]
    async fn admin_sum(&self, numbers: impl Stream<Item = i64>) -> i64;

    /// The version of HTTP that the connection came by, as in `HTTP/2.0`.
    async fn http_version(&self, cx: &Context<dyn ConformanceHub>) -> String;
}
