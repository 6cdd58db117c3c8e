use hub_runtime::prelude::*;

#[hub]
trait ChatHub {
    async fn join(&self) -> u32;
}

struct Chat;

impl ChatHub for Chat {
    async fn join(&self) -> u32 {
        let count = std::rc::Rc::new(1);
        std::future::ready(()).await;
        *count
    }
}

fn main() {}
