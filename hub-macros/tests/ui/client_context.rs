use hub_runtime::prelude::*;

#[hub_client]
trait ChatClient {
    async fn hello(&self, cx: &Context<dyn ChatClient>);
}

fn main() {}
