use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn __(&self);
}

fn main() {}
