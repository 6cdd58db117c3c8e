use hub_runtime::prelude::*;

#[hub(clients = ChatClient)]
trait ChatHub {
    async fn join(&self);
}

fn main() {}
