use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[authorize(policy = "one", policy = "two")]
    async fn ban(&self, user: String);
}

fn main() {}
