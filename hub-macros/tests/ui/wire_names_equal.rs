use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self);
    #[hub(name = "Join")]
    async fn enter(&self);
}

fn main() {}
