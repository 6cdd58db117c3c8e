use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[authorize(policy = 5)]
    async fn ban(&self, user: String);
}

fn main() {}
