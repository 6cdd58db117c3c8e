//! The guide: one page for each thing that a user of hubs does, in the order in which they come up.
//!
//! 1. [`contracts`]: what clients and the server may call.
//! 2. [`clients`]: whom to call, from a hub method and from anywhere else.
//! 3. [`errors`]: what a caller reads when its call fails.
//! 4. [`connections`]: how a connection begins, lives and ends.
//! 5. [`authorization`]: who may connect, and who may call.
//! 6. [`filters`]: what is to happen around every call, connection or send.
//! 7. [`typescript`]: the client that `cargo build` writes.
//! 8. [`frontends`]: hooks, composables, stores and observables over it, and fakes for tests of a page.
//! 9. [`versions`]: clients of an older contract, and changes that they do not notice.
//! 10. [`documents`]: contracts as AsyncAPI and JSON Schema.
//! 11. `explorer`: a page on which hubs are read and tried out.
//! 12. [`serving`]: what listens, and what stands in front of it.
//! 13. [`observability`]: the log, traces, metrics and health.
//! 14. [`growth`]: what more connections and groups cost, up to a million.
//! 15. [`coming_from_aspnet`]: the same in C# and here.
//!
//! Every example is compiled with the tests of this crate.

#[doc = include_str!("contracts.md")]
pub mod contracts {}

#[doc = include_str!("clients.md")]
pub mod clients {}

#[doc = include_str!("errors.md")]
pub mod errors {}

#[doc = include_str!("connections.md")]
pub mod connections {}

#[doc = include_str!("authorization.md")]
#[cfg_attr(feature = "jwt", doc = include_str!("bearer_tokens.md"))]
pub mod authorization {}

#[doc = include_str!("filters.md")]
pub mod filters {}

#[doc = include_str!("typescript.md")]
pub mod typescript {}

#[doc = include_str!("frontends.md")]
pub mod frontends {}

#[doc = include_str!("versions.md")]
pub mod versions {}

#[doc = include_str!("documents.md")]
pub mod documents {}

#[cfg(feature = "explorer")]
#[doc = include_str!("explorer.md")]
pub mod explorer {}

#[doc = include_str!("serving.md")]
pub mod serving {}

#[doc = include_str!("observability.md")]
pub mod observability {}

#[doc = include_str!("growth.md")]
pub mod growth {}

#[doc = include_str!("coming_from_aspnet.md")]
pub mod coming_from_aspnet {}
