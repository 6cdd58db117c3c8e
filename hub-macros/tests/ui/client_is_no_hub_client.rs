use hub_runtime::prelude::*;

trait Plain {}

#[hub(client = Plain)]
trait ChatHub {
    async fn join(&self);
}

fn main() {}
