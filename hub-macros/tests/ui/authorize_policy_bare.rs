use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[authorize(policy)]
    async fn ban(&self, user: String);
}

fn main() {}
