use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[authorize = "ADMIN"]
    async fn ban(&self, user: String);
}

fn main() {}
