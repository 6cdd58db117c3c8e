use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    type Room;
    async fn join(&self);
}

fn main() {}
