use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    fn join(&self, room: String) -> u32;
}

struct Chat;

impl ChatHub for Chat {
    async fn join(&self, _: String) -> u32 {
        1
    }
}

fn main() {}
