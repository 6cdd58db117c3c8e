use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, other: Self);
}

fn main() {}
