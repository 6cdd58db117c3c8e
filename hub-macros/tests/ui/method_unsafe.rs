use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async unsafe fn join(&self);
}

fn main() {}
