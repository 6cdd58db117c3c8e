//! Raw identifiers, conditions, deprecated methods, wire names, and parameters with the names
//! that the expansion uses itself.
#![deny(missing_docs, unused, unreachable_pub)]

use hub_runtime::prelude::*;

mod contract {
    use super::*;

    /// Calls the server makes.
    #[hub_client]
    pub(crate) trait Client {
        /// A raw name.
        async fn r#type(&self, r#match: u32);
        /// Only sometimes.
        #[cfg(any())]
        async fn never(&self, unknown: Unknown);
        /// Always.
        #[cfg(all())]
        async fn always(&self) -> u32;
        /// No longer.
        #[deprecated]
        async fn old(&self);
    }

    /// Calls a client makes.
    #[hub(client = Client)]
    #[allow(clippy::too_many_arguments)]
    pub(crate) trait Names {
        /// A raw name.
        async fn r#loop(&self, r#type: u32);
        /// Names of the expansion.
        async fn shadow(&self, hub: u32, call: u32, context: u32, reply: u32, stream: u32) -> u32;
        /// Only sometimes.
        #[cfg(any())]
        async fn never(&self, unknown: Unknown) -> Unknown;
        /// One of two.
        #[cfg(any())]
        async fn either(&self);
        /// One of two.
        #[cfg(all())]
        async fn either(&self, value: u32);
        /// No longer.
        #[deprecated = "use `either`"]
        async fn old(&self);
        /// Renamed.
        #[hub(name = "Rename_V1")]
        async fn rename(&self, #[allow(unused)] name: String);
    }
}

use contract::{Client, Names};

struct Hub;

impl Names for Hub {
    async fn r#loop(&self, _: u32) {}
    async fn shadow(&self, hub: u32, call: u32, context: u32, reply: u32, stream: u32) -> u32 {
        hub + call + context + reply + stream
    }
    async fn either(&self, _: u32) {}
    async fn old(&self) {}
    async fn rename(&self, _: String) {}
}

fn wire_names<H: hub_core::contract::HubContract + ?Sized>() -> Vec<&'static str> {
    H::DESCRIPTION.methods.iter().map(|method| method.wire_name).collect()
}

fn main() {
    assert_eq!(wire_names::<dyn Names>(), ["Loop", "Shadow", "Either", "Old", "Rename_V1"]);
    let client = <dyn Client as hub_core::contract::ClientContract>::DESCRIPTION;
    let names: Vec<_> = client.methods.iter().map(|method| method.rust_name).collect();
    assert_eq!(names, ["type", "always", "old"]);
    assert_eq!(client.methods[0].parameters[0].name, "match");
    let table = <dyn Names as hub_core::contract::Serve<Hub>>::METHODS;
    assert_eq!(table.len(), 5);
}
