use hub_runtime::prelude::*;

struct Poll;

#[hub_client]
trait ChatClient {
    async fn ask(&self) -> Poll;
}

async fn ask(one: &ChatClientProxy<hub_runtime::Single>) {
    let _ = one.ask().await;
}

fn main() {}
