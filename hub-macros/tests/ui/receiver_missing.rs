use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(room: String);
}

struct Chat;

impl ChatHub for Chat {
    async fn join(_: String) {}
}

fn main() {}
