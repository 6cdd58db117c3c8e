use hub_runtime::prelude::*;

struct Poll;

#[hub_type]
struct Message {
    polls: Vec<Option<Poll>>,
}

fn main() {}
