use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, room: impl ToString);
}

fn main() {}
