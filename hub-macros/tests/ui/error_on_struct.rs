use hub_runtime::prelude::*;

#[hub_error]
struct JoinError;

fn main() {}
