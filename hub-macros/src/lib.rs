//! The attributes `#[hub]`, `#[hub_client]` and `#[hub_type]` of `hub-runtime`, which re-exports
//! and documents them.
//!
//! The way through this crate: `attr` reads attributes, `check` turns a trait or type into the
//! model of `ast` and collects every mistake, `expand` writes what the model stands for, and
//! `fallback` writes what is left of members that no model fits.

mod ast;
mod attr;
mod case;
mod check;
mod errors;
mod expand;
mod fallback;

use proc_macro::TokenStream;

/// Declares the calls that clients make on the server.
///
/// ```ignore
/// #[hub(client = ChatClient)]
/// pub trait ChatHub {
///     /// Sends to everyone in the room.
///     async fn send_message(&self, cx: &Context<dyn ChatHub>, room: String, text: String)
///         -> Result<u32, HubError>;
///     /// Streams the numbers below `count`.
///     fn counter(&self, count: u32) -> impl Stream<Item = u32>;
/// }
/// ```
///
/// The trait stays as it is written, with `async fn` as `fn -> impl Future + Send`, and gets two
/// provided methods, `on_connected` and `on_disconnected`. `dyn ChatHub` becomes the name of the
/// contract: `Context<dyn ChatHub>`, `HubContext<dyn ChatHub>`, `.hub::<dyn ChatHub>(…)`.
///
/// Arguments: `client = Trait`, a `#[hub_client]` trait; `crate = path`, where `hub_runtime` is
/// found if it is re-exported. A method is called by its name in `PascalCase` unless
/// `#[hub(name = "…")]` on it says otherwise.
#[proc_macro_attribute]
pub fn hub(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::hub(arguments.into(), item.into()).into()
}

/// Declares the calls that the server makes on clients.
///
/// ```ignore
/// #[hub_client]
/// pub trait ChatClient {
///     /// A message arrived.
///     async fn receive_message(&self, message: ChatMessage);
///     /// Asks one client, and waits for its answer.
///     async fn vote(&self, poll: Poll) -> u32;
/// }
/// ```
///
/// Beside the trait stands `ChatClientProxy<S>`, which `clients()` hands out: with `S = Single` it
/// has every method, with `S = Many` those without a result.
///
/// Arguments: `crate = path`, where `hub_runtime` is found if it is re-exported.
#[proc_macro_attribute]
pub fn hub_client(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::hub_client(arguments.into(), item.into()).into()
}

/// Makes a struct or an enum a type that can travel through a hub.
///
/// ```ignore
/// /// A message shown in a room.
/// #[hub_type]
/// #[derive(Debug, Clone)]
/// pub struct ChatMessage { pub user: String, pub sent_at: DateTime<Utc> }
/// ```
///
/// Derives serde's `Serialize` and `Deserialize` and the TypeScript description, with names in
/// `camelCase` unless a `#[serde(rename_all = "…")]` says otherwise. It has to stand before the
/// `#[serde(…)]` attributes of the type.
///
/// Arguments: `crate = path`, where `hub_runtime` is found if it is re-exported.
#[proc_macro_attribute]
pub fn hub_type(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::hub_type(arguments.into(), item.into()).into()
}
