use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async extern "C" fn join(&self);
}

fn main() {}
