//! Writes the TypeScript clients that the tests use.

use hub_conformance_contract::ConformanceHub;
use hub_e2e_contract::TestHub;

fn main() {
    hub_codegen::Config::from_env()
        .hub::<dyn TestHub>()
        .hub::<dyn ConformanceHub>()
        .typescript("js/src/hubs")
        .run();
}
