use hub_runtime::prelude::*;

#[hub_client]
trait ChatClient {
    async fn hello(&self, name: String);
}

fn greet(all: &ChatClientProxy<hub_runtime::Many>) {
    let _ = all.hello(7);
}

fn main() {}
