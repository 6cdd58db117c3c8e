use hub_runtime::prelude::*;

#[hub]
struct ChatHub;

fn main() {}
