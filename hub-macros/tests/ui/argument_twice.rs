use hub_runtime::prelude::*;

#[hub_client]
trait ChatClient {}

#[hub(client = ChatClient, client = ChatClient)]
trait ChatHub {
    async fn join(&self);
}

fn main() {}
