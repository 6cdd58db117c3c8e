use hub_runtime::prelude::*;

#[hub_error]
enum JoinError<T> {
    #[hub_error("It is full.")]
    Full(T),
}

fn main() {}
