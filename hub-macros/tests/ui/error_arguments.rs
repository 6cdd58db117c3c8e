use hub_runtime::prelude::*;

#[hub_error("It is full.")]
enum JoinError {
    #[hub_error]
    Full,
    #[hub_error(message = "It is late.")]
    Late,
    #[hub_error()]
    Empty,
    #[hub_error("Twice.")]
    #[hub_error("Twice.")]
    Twice,
}

fn main() {}
