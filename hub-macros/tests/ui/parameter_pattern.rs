use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, (room, seat): (String, u32));
}

fn main() {}
