//! A contract in a crate of its own.

use hub_runtime::prelude::*;

/// Calls a client makes.
#[hub]
pub trait EchoHub {
    /// Gives the text back.
    async fn echo(&self, text: String) -> String;
}
