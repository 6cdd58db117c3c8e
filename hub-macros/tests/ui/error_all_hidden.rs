use hub_runtime::prelude::*;

#[hub_error]
enum JoinError {
    #[hub_error(hidden)]
    Io(std::io::Error),
}

fn main() {}
