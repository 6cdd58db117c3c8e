use hub_runtime::prelude::*;

struct Refused;

#[hub]
trait ChatHub {
    async fn join(&self) -> Result<u32, Refused>;
    async fn leave(&self) -> Result<impl Stream<Item = u32>, Refused>;
}

fn main() {}
