use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self);
    async fn join(&self);
}

fn main() {}
