//! The first way: TypeScript with every build.

use outside_contract::EchoHub;

fn main() {
    hub_codegen::Config::from_env()
        .hub::<dyn EchoHub>()
        .typescript("web/src/hubs")
        .run();
}
