use hub_runtime::prelude::*;

#[hub_client]
trait ChatClient {
    #[authorize(roles("ADMIN"))]
    async fn receive_message(&self, text: String);
}

fn main() {}
