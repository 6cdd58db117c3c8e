use hub_runtime::prelude::*;

#[hub]
trait ChatHub
where
    Self: Clone,
{
    async fn join(&self);
}

fn main() {}
