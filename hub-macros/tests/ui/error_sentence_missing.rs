use hub_runtime::prelude::*;

#[hub_error]
enum JoinError {
    Full,
}

#[hub]
trait ChatHub {
    async fn join(&self) -> Result<u32, JoinError>;
}

fn main() {}
