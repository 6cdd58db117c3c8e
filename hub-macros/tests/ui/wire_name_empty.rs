use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[hub(name = "")]
    async fn join(&self);
}

fn main() {}
