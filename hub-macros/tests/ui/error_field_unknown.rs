use hub_runtime::prelude::*;

#[hub_error]
enum JoinError {
    #[hub_error("The room {rom} is full.")]
    Full { room: String },
    #[hub_error("{1} is not invited.")]
    NotInvited(String),
    #[hub_error("{} is late.")]
    Late(String),
    #[hub_error("{name.first} is ill.")]
    Ill { name: String },
    #[hub_error("{why}")]
    Closed,
}

fn main() {}
