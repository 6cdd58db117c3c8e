//! Writes the page's TypeScript client from the contract, and keeps the file of contracts that pages were
//! made of.

use chat_contract::ChatHub;

fn main() {
    hub_codegen::Config::from_env()
        .hub::<dyn ChatHub>()
        .typescript("../web/src/hubs")
        .lock("../contract/contracts.lock")
        .run();
}
