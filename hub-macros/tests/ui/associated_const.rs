use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    const LIMIT: u32;
    async fn join(&self);
}

fn main() {}
