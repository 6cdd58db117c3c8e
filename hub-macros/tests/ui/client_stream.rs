use hub_runtime::prelude::*;

#[hub_client]
trait ChatClient {
    async fn numbers(&self) -> impl Stream<Item = u32>;
}

fn main() {}
