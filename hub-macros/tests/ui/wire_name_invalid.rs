use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[hub(name = "join room")]
    async fn join(&self);
}

fn main() {}
