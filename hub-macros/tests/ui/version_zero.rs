use hub_runtime::prelude::*;

#[hub(version = 0)]
trait ChatHub {
    async fn join(&self);
}

fn main() {}
