use hub_runtime::prelude::*;

#[hub_error]
enum JoinError {
    #[hub_error("It is full.")]
    Full,
}

#[hub]
trait ChatHub {
    async fn join(&self, why: JoinError);
}

fn main() {}
