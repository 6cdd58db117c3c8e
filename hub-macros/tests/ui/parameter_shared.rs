use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, room: std::sync::Arc<String>);
}

fn main() {}
