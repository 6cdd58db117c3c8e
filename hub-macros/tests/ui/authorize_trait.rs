use hub_runtime::prelude::*;

#[hub]
#[authorize]
trait ChatHub {
    async fn join(&self);
}

fn main() {}
