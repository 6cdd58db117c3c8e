//! The rules of an enum of errors.

use super::sentence::sentence;
use super::travel::{self, Place};
use super::wire_type::check_attributes;
use crate::ast::{ErrorEnum, ErrorVariant, Facade, is_cfg};
use crate::attr;
use crate::errors::Errors;
use proc_macro2::Span;
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Fields, Path, Token, Type, Variant};

/// Checks an enum, and takes our own attributes out of it. `None` if it is none.
pub(crate) fn hub_error(
    facade: Facade,
    mut input: DeriveInput,
    errors: &mut Errors,
) -> Option<ErrorEnum> {
    let Data::Enum(data) = &mut input.data else {
        return None;
    };
    let variants = data.variants.iter_mut();
    let variants: Vec<_> = variants
        .map(|variant| check_variant(variant, errors))
        .collect();
    check_header(&input, errors);
    if variants.iter().all(|variant| variant.hidden) && errors.is_empty() {
        errors.push(
            &input.ident,
            "callers are told of none of its variants, so that there is nothing to tell apart: \
             implement `std::error::Error` instead",
        );
    }
    Some(ErrorEnum {
        facade,
        input,
        variants,
    })
}

fn check_header(input: &DeriveInput, errors: &mut Errors) {
    check_attributes(&input.attrs, "#[hub_error]", errors);
    for attr in &input.attrs {
        check_traits(attr, errors);
        let form = ["tag", "content", "untagged", "from", "into", "try_from"];
        if attr::has_serde(std::slice::from_ref(attr), &form) {
            errors.push(
                attr,
                "an error of a contract always travels as its `code` and its `data`",
            );
        }
    }
    if !input.generics.params.is_empty() {
        errors.push(
            &input.generics.params,
            "an error of a contract takes no parameters: clients know it by its name",
        );
    }
}

/// Refuses derives of what the expansion implements, or cannot be beside it.
fn check_traits(attr: &Attribute, errors: &mut Errors) {
    if !attr.path().is_ident("derive") {
        return;
    }
    let derives = attr.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
    for derive in derives.iter().flatten() {
        let Some(last) = derive.segments.last() else {
            continue;
        };
        if last.ident == "Error" {
            errors.push(
                derive,
                "`#[hub_error]` converts into `HubError` by itself, which a `std::error::Error` \
                 does in another way; its texts are set by `#[hub_error(\"…\")]`, and `#[from]` \
                 means the same",
            );
        } else if last.ident == "Display" {
            errors.push(
                derive,
                "`#[hub_error]` implements this already: its texts are set by `#[hub_error(\"…\")]`",
            );
        }
    }
}

fn check_variant(variant: &mut Variant, errors: &mut Errors) -> ErrorVariant {
    let told = attr::error_variant(&mut variant.attrs, errors);
    if told.is_none() {
        errors.push(
            &variant.ident,
            "say what callers read of it, `#[hub_error(\"The room {room} is full.\")]`, or keep it \
             from them, `#[hub_error(hidden)]`",
        );
    }
    let told = told.unwrap_or_default();
    let from = check_from(&mut variant.fields, errors);
    let text = told.text.as_ref();
    let sentence = text.map(|text| sentence(&variant.ident, &variant.fields, text, errors));
    if told.hidden {
        if sentence.is_none() && variant.fields.len() > 1 {
            errors.push(
                &variant.ident,
                "say what the log reads of it: `#[hub_error(hidden, \"The table {table} is locked.\")]`",
            );
        }
        // The fields too: serde looks for borrowed values in them.
        variant.attrs.push(syn::parse_quote!(#[serde(skip)]));
        for field in &mut variant.fields {
            field.attrs.push(syn::parse_quote!(#[serde(skip)]));
        }
    } else {
        for field in &variant.fields {
            if !attr::travels_otherwise(field) {
                travel::check(&field.ty, Place::Field, errors);
            }
        }
    }
    ErrorVariant {
        ident: variant.ident.clone(),
        cfgs: variant
            .attrs
            .iter()
            .filter(|it| is_cfg(it))
            .cloned()
            .collect(),
        fields: variant.fields.clone(),
        hidden: told.hidden,
        sentence,
        from,
    }
}

/// The type of the field that `#[from]` stands on.
fn check_from(fields: &mut Fields, errors: &mut Errors) -> Option<Type> {
    let alone = fields.len() == 1;
    let mut from = None;
    for field in fields {
        if !attr::take_from(field) {
            continue;
        }
        if alone {
            from = Some(field.ty.clone());
        } else {
            errors.push(&*field, "`#[from]` goes on the only field of a variant");
        }
    }
    from
}

/// What `#[hub_error]` says on anything but an enum.
pub(crate) fn no_enum() -> syn::Error {
    syn::Error::new(
        Span::call_site(),
        "`#[hub_error]` goes on an enum, with a variant for each way to fail",
    )
}
