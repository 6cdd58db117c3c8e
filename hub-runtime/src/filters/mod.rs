//! Filters: code around the calls of clients, around a connection's beginning and end, and around
//! what is sent to clients (SignalR's `IHubFilter`, and more).
//!
//! [The guide](crate::guide::filters) says what they are for, with examples. A filter is a
//! [`HubFilter`]; it is added for all hubs with
//! [`HubsBuilder::filter`](crate::HubsBuilder::filter), for one with
//! [`HubOptions::filters`](crate::HubOptions::filters). Ready-made ones are below.

mod caught;
mod chain;
mod checks;
mod concurrency_limit;
mod erased;
mod filter;
mod invocation;
mod list;
mod method;
mod outgoing;
#[cfg(feature = "rate-limit")]
mod rate_limit;
mod refusal;
mod result;
mod selection;
mod sends;
mod stream_item;
mod timeout;
mod watched;

pub(crate) use chain::{connected, disconnected};
pub(crate) use checks::Checks;
pub(crate) use erased::ErasedFilter;
pub(crate) use invocation::{Method, Received};
pub(crate) use sends::{asked, told};

pub use chain::{Next, NextConnected, NextDisconnected};
pub use concurrency_limit::ConcurrencyLimit;
pub use filter::{AnyHub, HubFilter};
pub use hub_core::outlet::Target;
pub use invocation::HubInvocation;
pub use list::HubFilters;
pub use outgoing::{OutgoingCall, Sending};
#[cfg(feature = "rate-limit")]
pub use rate_limit::RateLimit;
pub use refusal::{Refusal, RefusalReason};
pub use result::MethodResult;
pub use stream_item::StreamItem;
pub use timeout::Timeout;
