use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn counter(&self) -> Vec<impl Stream<Item = u32>>;
}

fn main() {}
