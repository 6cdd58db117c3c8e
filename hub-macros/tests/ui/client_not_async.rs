use hub_runtime::prelude::*;

#[hub_client]
trait ChatClient {
    fn hello(&self);
}

fn greet(all: &ChatClientProxy<hub_runtime::Many>) {
    let _ = all.hello();
}

fn main() {}
