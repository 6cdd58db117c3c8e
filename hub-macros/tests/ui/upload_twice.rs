use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn upload(&self, a: impl Stream<Item = u32>, b: impl Stream<Item = u32>);
}

fn main() {}
