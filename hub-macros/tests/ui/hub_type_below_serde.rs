use hub_runtime::prelude::*;

#[derive(Debug)]
#[serde(rename_all = "snake_case")]
#[hub_type]
struct Message {
    text: String,
}

fn main() {}
