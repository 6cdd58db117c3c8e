use hub_runtime::prelude::*;

#[hub_client(hub = ChatHub)]
trait ChatClient {
    async fn hello(&self);
}

fn main() {}
