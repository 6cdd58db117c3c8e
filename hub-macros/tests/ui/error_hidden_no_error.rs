use hub_runtime::prelude::*;

struct Session;

#[hub_error]
enum JoinError {
    #[hub_error("It is full.")]
    Full,
    #[hub_error(hidden)]
    Database(u32),
    #[hub_error(hidden)]
    Session { session: Session },
}

fn main() {}
