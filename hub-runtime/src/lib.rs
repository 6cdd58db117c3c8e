//! Strongly-typed real-time hubs.
//!
//! A hub is two traits: what clients may call on the server, and what the server may call on its
//! clients. From them come the server's dispatcher, typed proxies and TypeScript clients; the
//! wire is the SignalR protocol, so official SignalR clients work unchanged.

#[cfg(feature = "server")]
mod connections;
#[cfg(feature = "server")]
mod dispatch;
#[cfg(feature = "server")]
mod driver;
pub mod prelude;
#[cfg(feature = "server")]
mod server;

pub use hub_core::clients::{CallerGroups, Groups, HubCallerClients, HubClients};
pub use hub_core::context::{ItemsGuard, Stopped};
pub use hub_core::negotiate::{TransportType, Transports};
pub use hub_core::outlet::{Argument, ClientCall, Delivery, Many, Single};
pub use hub_core::{
    Bytes, ClientResultError, Context, DisconnectReason, HubContext, HubError, Items, SendError,
    User,
};
#[cfg(feature = "macros")]
pub use hub_macros::{hub, hub_client, hub_type};

#[cfg(feature = "server")]
pub use server::serve::{Serve, serve};
#[cfg(feature = "server")]
pub use server::{BuildError, HubOptions, Hubs, HubsBuilder, ServedBy};

#[doc(hidden)]
pub use hub_core::private as __private;
