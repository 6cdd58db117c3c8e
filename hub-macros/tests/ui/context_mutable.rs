use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self, cx: &mut Context<dyn ChatHub>);
}

fn main() {}
