//! Writes the TypeScript clients that the tests use, with everything that can be asked for.

use hub_codegen::{Config, Framework, LargeIntegers};
use hub_conformance_contract::ConformanceHub;
use hub_e2e_contract::TestHub;

fn main() {
    Config::from_env()
        // Its sums are those of .NET's tests, which have `long` there and send small ones.
        .large_integers(LargeIntegers::Number)
        .hub::<dyn TestHub>()
        .hub::<dyn ConformanceHub>()
        .framework(Framework::React)
        .framework(Framework::RxJs)
        .framework(Framework::Svelte)
        .framework(Framework::Vue)
        .fakes()
        .typescript("js/src/hubs")
        .lock("contract/contracts.lock")
        .run();
}
