use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[authorize(scheme = "Bearer")]
    async fn ban(&self, user: String);
}

fn main() {}
