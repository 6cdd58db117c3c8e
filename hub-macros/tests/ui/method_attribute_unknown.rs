use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[hub(rename = "Enter")]
    async fn join(&self);
}

fn main() {}
