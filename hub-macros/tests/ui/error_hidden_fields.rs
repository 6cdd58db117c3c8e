use hub_runtime::prelude::*;

#[hub_error]
enum JoinError {
    #[hub_error(hidden)]
    Locked { table: String, by: String },
}

fn main() {}
