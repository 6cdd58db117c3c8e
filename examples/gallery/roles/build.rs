//! Writes the page's TypeScript client from the contract.

use gallery_contract::roles::BoardHub;

fn main() {
    hub_codegen::Config::from_env()
        .hub::<dyn BoardHub>()
        .typescript("web/src/hubs")
        .run();
}
