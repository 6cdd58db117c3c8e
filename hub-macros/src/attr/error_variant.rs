//! `#[hub_error(…)]` above a variant, and `#[from]` in it.

use crate::errors::Errors;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Field, Ident, LitStr, Meta, Token};

const ALLOWED: &str = "above a variant, write `#[hub_error(\"What callers read.\")]`, or \
                       `#[hub_error(hidden)]` to keep it from them";

/// What is told of a variant.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) hidden: bool,
    pub(crate) text: Option<LitStr>,
}

impl Parse for Told {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut told = Self::default();
        while !input.is_empty() {
            if input.peek(LitStr) && told.text.is_none() {
                told.text = Some(input.parse()?);
            } else if input.peek(Ident) && !told.hidden {
                let word: Ident = input.parse()?;
                if word != "hidden" {
                    return Err(syn::Error::new(word.span(), ALLOWED));
                }
                told.hidden = true;
            } else {
                return Err(input.error(ALLOWED));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(told)
    }
}

/// Takes our attribute away from a variant, and reads it. `None` if there is none.
pub(crate) fn error_variant(attrs: &mut Vec<Attribute>, errors: &mut Errors) -> Option<Told> {
    let mut told = None;
    attrs.retain(|attr| {
        if !attr.path().is_ident("hub_error") {
            return true;
        }
        if told.is_some() {
            errors.push(attr, "`#[hub_error(…)]` is given twice");
            return false;
        }
        told = Some(read(attr, errors));
        false
    });
    told
}

/// What cannot be read counts as told, so that there is one error.
fn read(attr: &Attribute, errors: &mut Errors) -> Told {
    let mistaken = Told {
        hidden: true,
        text: Some(LitStr::new("", proc_macro2::Span::call_site())),
    };
    if !matches!(attr.meta, Meta::List(_)) {
        errors.push(attr, ALLOWED);
        return mistaken;
    }
    match attr.parse_args::<Told>() {
        Ok(told) if told.hidden || told.text.is_some() => told,
        Ok(_) => {
            errors.push(attr, ALLOWED);
            mistaken
        }
        Err(error) => {
            errors.add(error);
            mistaken
        }
    }
}

/// Takes `#[from]` away from a field, and says whether it was there.
pub(crate) fn take_from(field: &mut Field) -> bool {
    let before = field.attrs.len();
    field.attrs.retain(|attr| !attr.path().is_ident("from"));
    field.attrs.len() < before
}
