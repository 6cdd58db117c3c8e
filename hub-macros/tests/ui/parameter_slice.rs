use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, rooms: &[String]);
}

fn main() {}
