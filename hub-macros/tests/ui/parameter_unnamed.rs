use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, _: String);
}

fn main() {}
