use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&'static self);
}

fn main() {}
