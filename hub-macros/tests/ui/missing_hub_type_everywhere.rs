use hub_runtime::prelude::*;

struct Poll;

#[hub]
trait ChatHub {
    async fn open(&self, poll: Poll) -> Result<u32, HubError>;
    async fn close(&self, poll: Poll) -> Result<Vec<Poll>, HubError>;
    async fn all(&self) -> Vec<Poll>;
}

fn main() {}
