use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join<T: Clone>(&self, room: T);
}

struct Chat;

impl ChatHub for Chat {
    async fn join<T: Clone>(&self, _: T) {}
}

fn main() {}
