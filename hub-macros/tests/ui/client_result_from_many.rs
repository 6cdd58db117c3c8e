use hub_runtime::prelude::*;

#[hub_client]
trait ChatClient {
    /// Asks.
    async fn vote(&self, poll: u32) -> u32;
}

#[hub(client = ChatClient)]
trait ChatHub {}

async fn ask(hub: &HubContext<dyn ChatHub>) {
    let _ = hub.clients().all().vote(1).await;
}

fn main() {}
