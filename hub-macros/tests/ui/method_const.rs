use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    const fn join(&self) -> u32;
}

fn main() {}
