use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[hub(name = "Enter", name = "Join")]
    async fn join(&self);
}

fn main() {}
