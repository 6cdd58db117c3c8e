use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join_room(&self);
    async fn joinroom(&self);
}

fn main() {}
