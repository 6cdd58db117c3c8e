use hub_runtime::prelude::*;

struct Poll;

#[hub]
trait ChatHub {
    async fn vote(&self, poll: Poll);
}

fn main() {}
