use hub_runtime::prelude::*;

#[hub(client = "ChatClient")]
trait ChatHub {
    async fn join(&self);
}

fn main() {}
