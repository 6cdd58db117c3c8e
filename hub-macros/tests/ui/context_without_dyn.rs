use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, cx: &Context<ChatHub>);
}

fn main() {}
