use hub_runtime::prelude::*;

#[hub]
trait ChatHub<T> {
    async fn join(&self, room: T);
}

fn main() {}
