use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[authorize(roles("ADMIN"), roles("OPS"))]
    async fn ban(&self, user: String);
}

fn main() {}
