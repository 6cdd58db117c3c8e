//! Writes the TypeScript clients that the tests use.

use hub_conformance_contract::ConformanceHub;
use hub_e2e_contract::TestHub;

fn main() {
    hub_codegen::Config::from_env()
        // Its sums are those of .NET's tests, which have `long` there and send small ones.
        .large_integers(hub_codegen::LargeIntegers::Number)
        .hub::<dyn TestHub>()
        .hub::<dyn ConformanceHub>()
        .typescript("js/src/hubs")
        .run();
}
