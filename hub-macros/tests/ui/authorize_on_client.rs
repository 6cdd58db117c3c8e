use hub_runtime::prelude::*;

#[hub_client]
#[authorize]
trait ChatClient {
    async fn receive_message(&self, text: String);
}

fn main() {}
