//! Writes the TypeScript client that the tests use.

use hub_e2e_contract::TestHub;

fn main() {
    hub_codegen::Config::from_env()
        .hub::<dyn TestHub>()
        .typescript("js/src/hubs")
        .run();
}
