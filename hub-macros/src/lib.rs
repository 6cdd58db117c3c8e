//! The attributes `#[hub]`, `#[hub_client]`, `#[hub_type]` and `#[hub_error]` of `hub-runtime`, which
//! re-exports them: depend on that crate.
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

#[doc = include_str!("docs/hub.md")]
#[proc_macro_attribute]
pub fn hub(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::hub(arguments.into(), item.into()).into()
}

#[doc = include_str!("docs/hub_client.md")]
#[proc_macro_attribute]
pub fn hub_client(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::hub_client(arguments.into(), item.into()).into()
}

#[doc = include_str!("docs/hub_type.md")]
#[proc_macro_attribute]
pub fn hub_type(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::hub_type(arguments.into(), item.into()).into()
}

#[doc = include_str!("docs/hub_error.md")]
#[proc_macro_attribute]
pub fn hub_error(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::hub_error(arguments.into(), item.into()).into()
}
