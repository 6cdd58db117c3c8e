use hub_runtime::prelude::*;

#[hub(version = "2.0")]
trait ChatHub {
    async fn join(&self);
}

fn main() {}
