use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn on_connected(&self);
    async fn on_disconnected(&self);
}

fn main() {}
