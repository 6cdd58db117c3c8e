use hub_runtime::prelude::*;

#[hub_error]
#[derive(Debug, thiserror::Error, Display, Serialize)]
#[serde(tag = "kind")]
enum JoinError {
    #[hub_error("It is full.")]
    Full,
}

#[hub]
trait ChatHub {
    async fn join(&self) -> Result<u32, JoinError>;
}

fn main() {}
