use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[authorize()]
    async fn ban(&self, user: String);
}

fn main() {}
