//! Writes the page's TypeScript client from the contract, and the hooks that the page uses.

use gallery_contract::applause::StageHub;
use hub_codegen::{Config, Framework};

fn main() {
    Config::from_env()
        .hub::<dyn StageHub>()
        .framework(Framework::React)
        .typescript("web/src/hubs")
        .run();
}
