use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[authorize(roles(""))]
    async fn ban(&self, user: String);
}

fn main() {}
