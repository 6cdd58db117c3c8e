use hub_runtime::prelude::*;

struct Poll;

#[hub]
trait ChatHub {
    async fn current(&self) -> Poll;
}

fn main() {}
