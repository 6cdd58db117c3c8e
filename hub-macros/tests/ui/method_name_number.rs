use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[hub(name = 1)]
    async fn join(&self);
}

fn main() {}
