use hub_runtime::prelude::*;

#[hub_type]
struct Message<'a> {
    text: &'a str,
}

fn main() {}
