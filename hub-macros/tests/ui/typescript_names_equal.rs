use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join_room(&self);
    #[hub(name = "EnterRoom")]
    async fn join__room(&self);
}

fn main() {}
