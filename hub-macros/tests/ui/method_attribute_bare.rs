use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[hub]
    async fn join(&self);
}

fn main() {}
