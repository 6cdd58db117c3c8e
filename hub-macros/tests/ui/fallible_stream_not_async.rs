use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    fn counter(&self) -> Result<impl Stream<Item = u32>, HubError>;
}

fn main() {}
