use hub_runtime::prelude::*;

struct Poll;

#[hub]
trait ChatHub {
    async fn polls(&self) -> Result<impl Stream<Item = Result<Poll, HubError>>, HubError>;
}

fn main() {}
