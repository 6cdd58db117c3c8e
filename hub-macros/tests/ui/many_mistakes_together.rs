use hub_runtime::prelude::*;

#[hub]
trait ChatHub: Clone {
    const LIMIT: u32;
    async fn join(&mut self, mut room: String);
    fn leave(&self, room: &str);
    async fn upload(&self, a: impl Stream<Item = u32>, b: impl Stream<Item = u32>);
    #[hub(name = "Join")]
    async fn enter(&self, room: String, cx: &Context<dyn ChatHub>);
}

fn main() {}
