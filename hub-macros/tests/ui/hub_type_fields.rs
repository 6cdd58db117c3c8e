use hub_runtime::prelude::*;

#[hub_type]
struct Message {
    a: &'static str,
    b: *const u8,
    c: fn(u32) -> u32,
    d: Box<dyn std::fmt::Debug>,
    e: std::rc::Rc<String>,
    f: std::sync::Arc<std::sync::Mutex<u32>>,
}

#[hub]
trait ChatHub {
    async fn say(&self, message: Message);
}

fn main() {}
