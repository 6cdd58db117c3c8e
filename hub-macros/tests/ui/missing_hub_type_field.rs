use hub_runtime::prelude::*;

struct Poll;

#[hub_type]
struct Message {
    text: String,
    poll: Poll,
}

#[hub]
trait ChatHub {
    async fn say(&self, message: Message) -> Message;
}

fn main() {}
