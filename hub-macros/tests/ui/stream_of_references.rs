use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    fn words(&self) -> impl Stream<Item = &str>;
}

fn main() {}
