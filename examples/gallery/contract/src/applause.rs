//! An audience that sees what everybody throws on the stage, and how loud it is.

use hub_runtime::prelude::*;

/// What can be thrown on the stage.
#[hub_type]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// For love.
    Heart,
    /// For a moment that nobody will forget.
    Star,
    /// For an encore.
    Bolt,
}

/// Something that was thrown.
#[hub_type]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cheer {
    /// Counts up; no number comes twice.
    pub number: u32,
    /// What it was.
    pub reaction: Reaction,
}

/// Calls the server makes.
#[hub_client]
pub trait StageClient {
    /// Somebody has thrown something.
    async fn cheered(&self, cheer: Cheer);
}

/// Calls a page makes.
#[hub(client = StageClient)]
pub trait StageHub {
    /// Throws something; answers how much was thrown until now.
    async fn cheer(&self, cx: &Context<dyn StageHub>, reaction: Reaction) -> Result<u32, HubError>;

    /// How much was thrown in the last second, five times a second.
    fn loudness(&self) -> impl Stream<Item = u32>;
}
