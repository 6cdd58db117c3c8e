use hub_runtime::prelude::*;

struct Poll;

#[hub]
trait ChatHub {
    fn polls(&self) -> impl Stream<Item = Poll>;
}

fn main() {}
