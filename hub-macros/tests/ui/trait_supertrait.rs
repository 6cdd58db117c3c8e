use hub_runtime::prelude::*;

#[hub]
trait ChatHub: Clone {
    async fn join(&self);
}

fn main() {}
