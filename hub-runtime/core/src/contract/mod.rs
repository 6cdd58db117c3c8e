//! What a contract is to the rest of the framework: two traits that `dyn ChatHub` and
//! `dyn ChatClient` implement, and the constant data behind them.
//!
//! The macros write every implementation in this module's traits; nobody writes one by hand.

mod answer;
mod authorize;
mod claim;
mod describe;
mod ledger;
mod method;
mod no_client;
mod revision;
mod type_ref;
mod wire_type;

pub use answer::Answer;
pub use authorize::{Authorize, PolicyName};
pub use claim::{Answers, Described, Fails, MethodError, Travels, Uploads, Written};
pub use describe::{
    ClientDescription, ClientMethodDescription, HubDescription, HubMethodDescription, MethodKind,
    MethodSignature, ParameterDescription, ParameterSignature,
};
pub use ledger::{Ledger, LedgerError};
pub use method::{CallFuture, Entry, Method};
pub use no_client::{NoClient, NoClientProxy};
pub use revision::{ParseRevisionError, Revision};
pub use type_ref::{TypeDeclaration, TypeRef};
pub use wire_type::WireType;
pub(crate) use wire_type::named_in_typescript;

use crate::context::{Context, DisconnectReason};
use crate::error::HubError;
use crate::outlet::{Outlet, Selection};
use std::future::Future;

/// The calls clients make on the server: implemented for `dyn ChatHub` by `#[hub]`.
///
/// `dyn ChatHub` is the key by which everything else names the contract: `Context<dyn ChatHub>`
/// inside a call, `HubContext<dyn ChatHub>` outside, `.hub::<dyn ChatHub>(…)` when mounting and
/// when generating TypeScript. No value of the type is ever made.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no hub",
    label = "not a `#[hub]` trait",
    note = "put `#[hub]` above the trait"
)]
pub trait HubContract: Send + Sync + 'static {
    /// The calls this hub's server makes on its clients.
    type Client: ClientContract + ?Sized;

    /// Names, kinds and documentation of the methods, in the order of the trait.
    const DESCRIPTION: HubDescription;

    /// The types of each method, parallel to [`HubDescription::methods`].
    ///
    /// Kept apart from the description so that a server, which never asks for it, does not link
    /// the TypeScript of every type.
    const SIGNATURES: &'static [MethodSignature];
}

/// The calls the server makes on clients: implemented for `dyn ChatClient` by `#[hub_client]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no hub client",
    label = "not a `#[hub_client]` trait",
    note = "put `#[hub_client]` above the trait"
)]
pub trait ClientContract: Send + Sync + 'static {
    /// The typed proxy; `S` says whether it reaches one client or several.
    type Proxy<S: Selection>: From<Outlet>;

    /// Names and documentation of the methods, in the order of the trait.
    const DESCRIPTION: ClientDescription;

    /// The types of each method, parallel to [`ClientDescription::methods`].
    const SIGNATURES: &'static [MethodSignature];
}

/// How calls reach a `T` that implements a hub trait: written by `#[hub]` for every such `T`.
#[diagnostic::on_unimplemented(
    message = "`{T}` does not serve the hub `{Self}`",
    label = "`{T}` does not implement the trait of the hub",
    note = "implement the `#[hub]` trait for `{T}`"
)]
pub trait Serve<T: 'static>: HubContract {
    /// One entry for each method, parallel to [`HubDescription::methods`].
    const METHODS: &'static [Method<T>];

    /// Runs the user's `on_connected`.
    fn on_connected(
        hub: &T,
        cx: &Context<Self>,
    ) -> impl Future<Output = Result<(), HubError>> + Send;

    /// Runs the user's `on_authentication_refreshed`.
    fn on_authentication_refreshed(hub: &T, cx: &Context<Self>) -> impl Future<Output = ()> + Send;

    /// Runs the user's `on_disconnected`.
    fn on_disconnected(
        hub: &T,
        cx: &Context<Self>,
        reason: DisconnectReason,
    ) -> impl Future<Output = ()> + Send;
}
