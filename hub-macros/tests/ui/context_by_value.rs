use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, cx: Context<dyn ChatHub>);
}

fn main() {}
