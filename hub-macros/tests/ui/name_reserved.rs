use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn constructor(&self);
    async fn on(&self);
    async fn then(&self);
}

fn main() {}
