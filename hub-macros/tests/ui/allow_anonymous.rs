use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[allow_anonymous]
    async fn ban(&self, user: String);
}

fn main() {}
