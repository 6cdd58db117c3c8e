use hub_runtime::prelude::*;

#[hub_error]
enum JoinError {
    #[hub_error(hidden, "{room}: {error}")]
    Database {
        room: String,
        #[from]
        error: std::io::Error,
    },
}

fn main() {}
