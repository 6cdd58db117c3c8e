//! One mistake, one error: how the macros check the types that a user wrote.
//!
//! For every such type the expansion holds one empty implementation of a trait of this module,
//! e.g. `impl Travels<dyn ChatHub, 3> for Poll {}`. Its supertrait is the real bound, so a `Poll`
//! without `#[hub_type]` is an error there, on the user's own tokens. Everything else that needs
//! the bound (derived code, tables, proxies) assumes it through a clause
//! `for<'a> <Poll as Written<'a>>::Type: Travels<dyn ChatHub, 3>`, which that implementation
//! always satisfies, and so stays silent. Naming the type by way of [`Written`] keeps rustc from
//! checking the clause where it is written, and the implementation needs nothing of `Poll`, so
//! recursive types don't go round in circles.

use super::{Answer, WireType};
use crate::call::UploadItem;
use crate::error::{ErrorSignature, HubError};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;

/// The type itself.
pub trait Written<'a> {
    /// The type itself.
    type Type: ?Sized;
}

impl<T: ?Sized> Written<'_> for T {
    type Type = T;
}

/// Written in `Owner` as an argument or a field.
pub trait Travels<Owner: ?Sized, const AT: usize>: WireType {}

/// Written in `Owner` as a method's answer or a stream's item.
pub trait Answers<Owner: ?Sized, const AT: usize>: Answer {}

/// Written in `Owner` as an upload's item.
pub trait Uploads<Owner: ?Sized, const AT: usize>: UploadItem {}

/// Written in `Owner` as the error of a method.
pub trait Fails<Owner: ?Sized, const AT: usize>: MethodError {}

/// Stands for `T` where its schema is derived: the derive takes no clauses, so that it would report
/// a missing schema beside what is reported already.
pub struct Described<T: ?Sized, Owner: ?Sized, const AT: usize>(
    PhantomData<(*const T, *const Owner)>,
);

impl<T, Owner: ?Sized, const AT: usize> fmt::Debug for Described<T, Owner, AT> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Described")
    }
}

impl<T: Travels<Owner, AT>, Owner: ?Sized, const AT: usize> JsonSchema for Described<T, Owner, AT> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }

    fn _schemars_private_non_optional_json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::_schemars_private_non_optional_json_schema(generator)
    }

    fn _schemars_private_is_option() -> bool {
        T::_schemars_private_is_option()
    }
}

/// What a hub method may fail with: [`HubError`], a `#[hub_error]`, and any other error.
#[diagnostic::on_unimplemented(
    message = "a hub method cannot fail with `{Self}`",
    label = "does not convert into `HubError`",
    note = "put `#[hub_error]` above the enum, implement `std::error::Error` for it, or fail with `HubError`"
)]
pub trait MethodError {
    /// What clients can tell apart of it.
    const TYPED: Option<ErrorSignature> = None;

    /// The error as callers may be told of it.
    fn into_hub_error(self) -> HubError;

    /// Writes its text.
    fn write_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl MethodError for HubError {
    fn into_hub_error(self) -> HubError {
        self
    }

    fn write_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[diagnostic::do_not_recommend]
impl<E: Error + Send + Sync + 'static> MethodError for E {
    fn into_hub_error(self) -> HubError {
        self.into()
    }

    fn write_text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
