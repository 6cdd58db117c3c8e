use hub_runtime::prelude::*;

#[hub_type(rename_all = "snake_case")]
struct Message {
    text: String,
}

fn main() {}
