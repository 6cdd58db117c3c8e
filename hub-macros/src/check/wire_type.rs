//! The rules of a type that travels.

use super::travel::{self, Place};
use crate::attr;
use crate::errors::Errors;
use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Field, Path, Token};

/// What `#[hub_type]` derives.
const DERIVED: [&str; 4] = ["Serialize", "Deserialize", "TS", "JsonSchema"];

/// Checks a type and its fields, and says whether they all travel.
pub(crate) fn wire_type(input: &DeriveInput, errors: &mut Errors) -> bool {
    check_attributes(&input.attrs, "#[hub_type]", errors);
    for lifetime in input.generics.lifetimes() {
        errors.push(
            lifetime,
            "a hub type owns its values: it is decoded from bytes that are gone afterwards",
        );
    }
    if let Data::Union(union) = &input.data {
        errors.push(
            union.union_token,
            "a union cannot travel through a hub: nobody could tell which field it holds; use an \
             `enum`",
        );
        return true;
    }
    let mut travels = true;
    for field in fields(input) {
        if !attr::travels_otherwise(field) {
            travels &= travel::check(&field.ty, Place::Field, errors);
        }
    }
    travels
}

/// The fields of a struct, or of all variants.
pub(crate) fn fields(input: &DeriveInput) -> Vec<&Field> {
    match &input.data {
        Data::Struct(data) => data.fields.iter().collect(),
        Data::Enum(data) => data
            .variants
            .iter()
            .flat_map(|variant| &variant.fields)
            .collect(),
        Data::Union(_) => Vec::new(),
    }
}

/// Checks what stands beside one of our attributes and means something to what it derives.
pub(super) fn check_attributes(attrs: &[Attribute], ours: &str, errors: &mut Errors) {
    for attr in attrs {
        if ["serde", "ts", "schemars"]
            .iter()
            .any(|name| attr.path().is_ident(name))
            && attr::stands_before_ours(attr)
        {
            errors.push(
                attr,
                format!(
                    "`{ours}` has to stand before this attribute, whose meaning it brings along"
                ),
            );
        }
        if attr.path().is_ident("derive") {
            check_derives(attr, ours, errors);
        }
    }
}

fn check_derives(attr: &Attribute, ours: &str, errors: &mut Errors) {
    let Ok(derives) = attr.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) else {
        return;
    };
    for derive in derives.iter().filter(|derive| is_derived(derive)) {
        errors.push(derive, format!("`{ours}` derives this already"));
    }
}

/// Whether `#[hub_type]` derives this.
pub(crate) fn is_derived(derive: &Path) -> bool {
    derive
        .segments
        .last()
        .is_some_and(|last| DERIVED.iter().any(|name| last.ident == name))
}

/// What `#[hub_type]` says on anything but a struct or an enum.
pub(crate) fn no_type() -> syn::Error {
    syn::Error::new(
        Span::call_site(),
        "`#[hub_type]` goes on a struct or an enum",
    )
}
