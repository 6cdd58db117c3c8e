use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    fn join(&self) -> impl Future<Output = u32>;
}

fn main() {}
