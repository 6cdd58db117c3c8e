use hub_runtime::prelude::*;

#[hub]
trait OtherHub {}

#[hub]
trait ChatHub {
    async fn join(&self, cx: &Context<dyn OtherHub>);
}

fn main() {}
