use hub_runtime::prelude::*;

struct Poll;

#[hub_type]
struct Page<T> {
    items: Vec<T>,
}

#[hub]
trait ChatHub {
    async fn polls(&self) -> Page<Poll>;
}

fn main() {}
