use hub_runtime::prelude::*;

#[hub_client]
trait ChatClient {}

#[hub(client = dyn ChatClient)]
trait ChatHub {
    async fn join(&self);
}

fn main() {}
