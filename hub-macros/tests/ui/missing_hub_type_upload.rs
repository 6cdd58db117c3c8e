use hub_runtime::prelude::*;

struct Poll;

#[hub]
trait ChatHub {
    async fn polls(&self, polls: impl Stream<Item = Poll>);
}

fn main() {}
