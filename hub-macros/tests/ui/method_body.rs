use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn count(&self) -> u32 { 1 }
}

struct Chat;

impl ChatHub for Chat {

}

fn main() {}
