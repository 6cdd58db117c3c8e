use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&mut self, room: String);
}

fn main() {}
