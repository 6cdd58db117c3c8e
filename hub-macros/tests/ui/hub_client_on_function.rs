use hub_runtime::prelude::*;

#[hub_client]
fn chat_client() {}

fn main() {}
