use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, room: String, cx: &Context<dyn ChatHub>);
}

fn main() {}
