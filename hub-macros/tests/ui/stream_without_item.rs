use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    fn counter(&self) -> impl Stream;
}

fn main() {}
