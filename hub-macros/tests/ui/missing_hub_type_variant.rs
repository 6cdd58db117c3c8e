use hub_runtime::prelude::*;

struct Poll;

#[hub_type]
enum Event {
    Opened(Poll),
    Closed { at: u32, poll: Poll },
}

fn main() {}
