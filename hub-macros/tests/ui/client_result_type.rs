use hub_runtime::prelude::*;

#[hub_client]
trait ChatClient {
    async fn vote(&self) -> Result<u32, HubError>;
}

fn ask(one: &ChatClientProxy<hub_runtime::Single>) {
    let _ = one.vote();
}

fn main() {}
