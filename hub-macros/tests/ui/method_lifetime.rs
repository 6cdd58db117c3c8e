use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join<'a>(&self, room: &'a str);
}

fn main() {}
