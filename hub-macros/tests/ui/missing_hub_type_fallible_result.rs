use hub_runtime::prelude::*;

struct Poll;

#[hub]
trait ChatHub {
    async fn current(&self) -> Result<Poll, HubError>;
}

fn main() {}
