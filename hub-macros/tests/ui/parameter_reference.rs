use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, room: &str, tags: Vec<&str>);
}

fn main() {}
