//! Writes the page's TypeScript client from the contract.

use gallery_contract::string_tools::StringHub;

fn main() {
    hub_codegen::Config::from_env()
        .hub::<dyn StringHub>()
        .typescript("web/src/hubs")
        .run();
}
