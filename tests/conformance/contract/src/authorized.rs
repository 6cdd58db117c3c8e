//! `/authorizedhub`: what SignalR's own functional tests call with a token.

use hub_runtime::prelude::*;

/// Calls a client makes that has a token.
#[hub]
#[authorize]
pub trait AuthorizedHub {
    /// Gives back what it gets.
    async fn echo(&self, message: String) -> String;

    /// The user's id.
    async fn get_user_name_identifier(&self, cx: &Context<dyn AuthorizedHub>) -> Option<String>;

    /// `a`, `b`, `c`.
    fn stream(&self) -> impl Stream<Item = String>;

    /// Joins all items.
    async fn streaming_concat(&self, stream: impl Stream<Item = String>) -> String;

    /// The first value of a claim.
    async fn get_user_claim(&self, cx: &Context<dyn AuthorizedHub>, kind: String)
    -> Option<String>;
}
