use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    #[authorize(policy = CAN_BAN)]
    async fn ban(&self, user: String);
}

fn main() {}
