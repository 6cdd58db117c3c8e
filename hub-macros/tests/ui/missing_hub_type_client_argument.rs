use hub_runtime::prelude::*;

struct Poll;

#[hub_client]
trait ChatClient {
    async fn ask(&self, poll: Poll);
}

fn ask(all: &ChatClientProxy<hub_runtime::Many>) {
    let _ = all.ask(Poll);
}

fn main() {}
