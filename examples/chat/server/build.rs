//! Writes the page's TypeScript client from the contract.

use chat_contract::ChatHub;

fn main() {
    hub_codegen::Config::from_env()
        .hub::<dyn ChatHub>()
        .typescript("../web/src/hubs")
        .run();
}
