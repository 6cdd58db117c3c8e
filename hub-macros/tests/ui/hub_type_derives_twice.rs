use hub_runtime::prelude::*;

#[hub_type]
#[derive(Debug, serde::Serialize)]
struct Message {
    text: String,
}

fn main() {}
