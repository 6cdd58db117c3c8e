use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, room: String);
}

struct Chat;

impl ChatHub for Chat {
    async fn join(&self, _: u32) {}
}

fn main() {}
