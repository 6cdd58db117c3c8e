use hub_runtime::prelude::*;

#[hub]
unsafe trait ChatHub {
    async fn join(&self);
}

fn main() {}
