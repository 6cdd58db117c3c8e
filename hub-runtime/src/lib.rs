//! Strongly-typed real-time hubs for axum and tokio, over the SignalR protocol.
//!
//! A hub is two traits: what clients may call on the server, and what the server may call on its
//! clients. From them come the server's dispatcher, typed proxies and TypeScript clients. The wire
//! is SignalR's, so the official clients (JavaScript, .NET, Java, Swift, Python) work unchanged.
//!
//! Use it where a server has something to say before it is asked: chats, dashboards, games,
//! progress, presence.
//!
//! # A first hub
//!
#![cfg_attr(all(feature = "server", feature = "macros"), doc = "```no_run")]
#![cfg_attr(not(all(feature = "server", feature = "macros")), doc = "```ignore")]
//! use axum::Router;
//! use hub_runtime::{Hubs, prelude::*};
//! use tokio::net::TcpListener;
//!
//! /// A message shown in a room.
//! #[hub_type]
//! #[derive(Debug, Clone)]
//! pub struct ChatMessage {
//!     pub user: String,
//!     pub text: String,
//! }
//!
//! /// Calls the server makes.
//! #[hub_client]
//! pub trait ChatClient {
//!     async fn receive_message(&self, message: ChatMessage);
//! }
//!
//! /// Calls a client makes.
//! #[hub(client = ChatClient)]
//! pub trait ChatHub {
//!     async fn join(&self, cx: &Context<dyn ChatHub>, room: String) -> Result<(), HubError>;
//!     async fn send_message(
//!         &self,
//!         cx: &Context<dyn ChatHub>,
//!         room: String,
//!         text: String,
//!     ) -> Result<(), HubError>;
//! }
//!
//! /// One value serves all connections.
//! struct Chat;
//!
//! impl ChatHub for Chat {
//!     async fn join(&self, cx: &Context<dyn ChatHub>, room: String) -> Result<(), HubError> {
//!         cx.groups().add(room).await?;
//!         Ok(())
//!     }
//!
//!     async fn send_message(
//!         &self,
//!         cx: &Context<dyn ChatHub>,
//!         room: String,
//!         text: String,
//!     ) -> Result<(), HubError> {
//!         if text.trim().is_empty() {
//!             return Err(HubError::new("Say something.")); // the caller reads this
//!         }
//!         let user = cx.user_id().unwrap_or("somebody").to_owned();
//!         let message = ChatMessage { user, text };
//!         cx.clients().group(room).receive_message(&message).await?;
//!         Ok(())
//!     }
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let hubs = Hubs::builder()
//!         .message_pack()
//!         .hub::<dyn ChatHub>("/hubs/chat", Chat)
//!         .build()?;
//!     let listener = TcpListener::bind("127.0.0.1:3000").await?;
//!     hub_runtime::serve(listener, hubs.mount(Router::new())).await?;
//!     Ok(())
//! }
//! ```
//!
//! This needs the feature `server`, [axum](https://docs.rs/axum/0.8) 0.8, and tokio with its
//! features `macros` and `rt-multi-thread`. In a real project the two traits live in a crate of
//! their own that depends on `hub-runtime` without `server`, and so on neither axum nor tokio:
//! the server, the build script that writes the TypeScript, and clients share it.
//!
//! # Where to go next
//!
#![cfg_attr(
    all(feature = "server", feature = "macros"),
    doc = "
- [`guide::contracts`]: what a contract may say, and the names it gets on the wire.
- [`guide::clients`]: whom to call, groups, and hubs from handlers and tasks.
- [`guide::errors`]: what a caller reads when its call fails.
- [`guide::connections`]: how a connection begins, lives and ends; the options.
- [`guide::authorization`]: who may connect, and who may call.
- [`guide::filters`]: what is to happen around every call, connection or send.
- [`guide::typescript`]: the client that `cargo build` writes.
- [`guide::serving`]: [`serve`](crate::serve) and `axum::serve`, proxies, other origins.
- [`guide::observability`]: the log by categories, traces, metrics, and health.
- [`guide::coming_from_aspnet`]: for those who know SignalR from C#.
"
)]
#![cfg_attr(
    not(all(feature = "server", feature = "macros")),
    doc = "The guide is part of the documentation with all features."
)]
//!
//! Contracts are written with the attributes `#[hub]`, `#[hub_client]`, `#[hub_type]` and `#[hub_error]`, whose
//! pages list every rule.
//!
//! # Features
//!
//! Features only add; none changes what another part does.
//!
//! | feature | default | adds |
//! | --- | --- | --- |
//! | `macros` | yes | the attributes `#[hub]`, `#[hub_client]`, `#[hub_type]` and `#[hub_error]` |
//! | `server` | | `Hubs`, `serve`, and `HubContext` as an axum extractor |
//! | `jwt` | | users from JSON Web Tokens: `JwtBearer` |
//! | `rate-limit` | | the filter `filters::RateLimit` |
//! | `deflate` | | compressed WebSocket messages, where `HubOptions::dangerous_enable_compression` allows them |
//! | `metrics` | | metrics of hubs, through the `metrics` crate |
//! | `opentelemetry` | | calls as parts of their callers' traces, for `tracing-opentelemetry` |
//! | `explorer` | | the page on which hubs are read and tried out: `Explorer` |
//! | `chrono` | | the dates of `chrono` in contracts |
//! | `indexmap` | | maps and sets of `indexmap` in contracts |
//! | `url` | | `url::Url` in contracts |
//! | `uuid` | | `uuid::Uuid` in contracts |
//!
//! # Minimum Rust
//!
//! 1.88. Raising it is noted in the changelog, and is no breaking change.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "__bench")]
mod bench;
#[cfg(feature = "server")]
mod connections;
#[cfg(feature = "server")]
mod dispatch;
#[cfg(feature = "server")]
mod driver;
#[cfg(feature = "explorer")]
mod explorer;
#[cfg(feature = "server")]
pub mod filters;
#[cfg(all(feature = "server", feature = "macros"))]
pub mod guide;
#[cfg(feature = "server")]
mod identity;
pub mod prelude;
#[cfg(feature = "server")]
mod raw;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "server")]
mod telemetry;

#[cfg(feature = "chrono")]
#[doc(inline)]
pub use hub_core::Timestamp;
#[doc(inline)]
pub use hub_core::clients::{CallerGroups, Groups, HubCallerClients, HubClients};
#[doc(inline)]
pub use hub_core::context::{ItemsGuard, Stopped};
#[doc(inline)]
pub use hub_core::contract::{
    Authorize, ClientContract, HubContract, HubDescription, HubMethodDescription, MethodKind,
    ParameterDescription, PolicyName, WireType,
};
#[doc(inline)]
pub use hub_core::documents::Documents;
#[doc(inline)]
pub use hub_core::hub_contexts::HubNotMounted;
#[doc(inline)]
pub use hub_core::negotiate::{TransportType, Transports};
#[doc(inline)]
pub use hub_core::outlet::{Argument, ClientCall, Delivery, Many, Selection, Single};
#[doc(inline)]
pub use hub_core::protocol::EncodeError;
#[doc(inline)]
pub use hub_core::{
    AsText, Bytes, ClientResultError, CloseMessage, Context, DisconnectReason, HubContext,
    HubError, Items, SendError, ToldError, TypedError, User,
};
#[cfg(feature = "macros")]
#[doc(inline)]
pub use hub_macros::{hub, hub_client, hub_error, hub_type};

#[cfg(feature = "server")]
pub use connections::AllowedOrigins;
#[cfg(feature = "server")]
pub use driver::SlowClient;
#[cfg(feature = "explorer")]
pub use explorer::Explorer;
#[cfg(feature = "server")]
pub use identity::{Authentication, AuthenticationRefresh, HttpRequest, PolicyContext};
#[cfg(feature = "jwt")]
pub use identity::{JwtBearer, JwtKey, JwtKeys};
#[cfg(feature = "jwt")]
#[doc(no_inline)]
pub use jsonwebtoken;
#[cfg(feature = "server")]
pub use raw::{
    ConnectionHandler, ConnectionOptions, RawConnection, RawMessage, RawSendError, RawSender,
};
#[cfg(feature = "server")]
pub use server::serve::{Serve, serve};
#[cfg(feature = "server")]
pub use server::told_to_stop;
#[cfg(feature = "server")]
pub use server::{
    BuildError, ConnectionLimits, ContractMismatch, EndpointOptions, Health, HubOptions, Hubs,
    HubsBuilder, ServedBy,
};

#[doc(hidden)]
pub use hub_core::private as __private;

#[cfg(feature = "__bench")]
#[doc(hidden)]
pub mod __bench {
    pub use crate::bench::{Crowd, Line, Mailbox};
}
