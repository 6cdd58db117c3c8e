//! A project of one crate: a build script cannot see its contract.

use hub_runtime::prelude::*;

/// Calls a client makes.
#[hub]
pub trait EchoHub {
    /// Gives the text back.
    async fn echo(&self, text: String) -> String;
}
