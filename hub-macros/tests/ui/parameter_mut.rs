use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, mut room: String);
}

fn main() {}
