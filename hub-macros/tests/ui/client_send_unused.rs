use hub_runtime::prelude::*;

#[hub_client]
trait ChatClient {
    async fn hello(&self);
}

#[deny(unused_must_use)]
fn greet(all: &ChatClientProxy<hub_runtime::Many>) {
    all.hello();
}

fn main() {}
