//! Writes the page's TypeScript client from the contract.

use gallery_contract::view_counter::ViewHub;

fn main() {
    hub_codegen::Config::from_env()
        .hub::<dyn ViewHub>()
        .typescript("web/src/hubs")
        .run();
}
