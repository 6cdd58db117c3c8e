use hub_runtime::prelude::*;

struct Poll;

#[hub_type]
struct Page<T> {
    items: Vec<T>,
    poll: Poll,
}

fn main() {}
