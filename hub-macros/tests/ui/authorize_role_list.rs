use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[authorize(roles("ADMIN, OPS"))]
    async fn ban(&self, user: String);
}

fn main() {}
