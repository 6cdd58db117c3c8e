use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(self: Box<Self>);
}

fn main() {}
