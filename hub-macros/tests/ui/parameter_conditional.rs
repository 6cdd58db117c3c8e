use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, #[cfg(test)] room: String);
}

fn main() {}
