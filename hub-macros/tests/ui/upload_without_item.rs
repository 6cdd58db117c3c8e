use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn upload(&self, chunks: impl Stream);
}

fn main() {}
