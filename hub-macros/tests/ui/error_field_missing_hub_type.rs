use hub_runtime::prelude::*;

struct Room;

#[hub_error]
enum JoinError {
    #[hub_error("It is full.")]
    Full { room: Room },
}

fn main() {}
