//! Every page sees how many pages look on.

use hub_runtime::prelude::*;

/// How many pages look on.
#[hub_type]
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Viewers {
    /// Now.
    pub now: u32,
    /// The most at one time since the server was started.
    pub most: u32,
}

/// Calls the server makes.
#[hub_client]
pub trait ViewClient {
    /// A page came or left.
    async fn viewers_changed(&self, viewers: Viewers);

    /// Someone waves to everybody else.
    async fn waved(&self);
}

/// Calls a page makes.
#[hub(client = ViewClient)]
pub trait ViewHub {
    /// Waves to all the others; answers how many that are.
    async fn wave(&self, cx: &Context<dyn ViewHub>) -> Result<u32, HubError>;
}
