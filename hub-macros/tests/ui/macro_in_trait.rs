use hub_runtime::prelude::*;

macro_rules! methods {
    () => { async fn join(&self); };
}

#[hub]
trait ChatHub {
    methods!();
}

fn main() {}
