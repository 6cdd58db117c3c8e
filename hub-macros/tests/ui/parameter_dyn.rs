use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, room: Box<dyn ToString>);
}

fn main() {}
