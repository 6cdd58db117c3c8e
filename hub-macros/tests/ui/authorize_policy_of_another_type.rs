use hub_runtime::prelude::*;

const CAN_BAN: &str = "can-ban";

#[hub]
#[authorize(policy = CAN_BAN)]
trait ChatHub {
    async fn ban(&self, user: String);
}

fn main() {}
