//! The text of an error: which fields it shows.

use crate::ast::Sentence;
use crate::errors::Errors;
use syn::ext::IdentExt;
use syn::{Fields, Ident, LitStr};

/// Finds the fields that a text shows, as `write!` will.
pub(super) fn sentence(
    variant: &Ident,
    fields: &Fields,
    text: &LitStr,
    errors: &mut Errors,
) -> Sentence {
    let mut format = String::new();
    let mut shown = Vec::new();
    let value = text.value();
    let mut rest = value.as_str();
    while let Some(at) = rest.find('{') {
        let (before, braced) = rest.split_at(at);
        format.push_str(before);
        if let Some(after) = braced.strip_prefix("{{") {
            format.push_str("{{");
            rest = after;
            continue;
        }
        // A brace that is never closed is an error of `write!`.
        let Some(end) = braced.find('}') else {
            rest = braced;
            break;
        };
        let inside = &braced[1..end];
        let name_end = inside.find(':').unwrap_or(inside.len());
        let (name, form) = inside.split_at(name_end);
        let name = name.trim();
        match place(fields, name) {
            Some(place) => {
                if !shown.contains(&place) {
                    shown.push(place);
                }
                let underscore = if matches!(fields, Fields::Named(_)) {
                    ""
                } else {
                    "_"
                };
                format.extend(["{", underscore, name, form, "}"]);
            }
            None => errors.push(text, mistake(variant, fields, name)),
        }
        rest = &braced[end + 1..];
    }
    format.push_str(rest);
    shown.sort_unstable();
    Sentence {
        format: LitStr::new(&format, text.span()),
        shown,
    }
}

fn place(fields: &Fields, name: &str) -> Option<usize> {
    match fields {
        Fields::Named(named) => named.named.iter().position(|field| {
            let ident = field.ident.as_ref();
            ident.is_some_and(|ident| ident.unraw() == name)
        }),
        Fields::Unnamed(unnamed) => {
            let place = name.parse().ok();
            place.filter(|place| *place < unnamed.unnamed.len())
        }
        Fields::Unit => None,
    }
}

fn mistake(variant: &Ident, fields: &Fields, name: &str) -> String {
    if name.is_empty() {
        return "name the field that stands here: `{room}`, or `{0}`".to_owned();
    }
    let is_path = name.contains(|letter: char| !letter.is_alphanumeric() && letter != '_');
    match fields {
        _ if is_path => "an error's text shows whole fields only: `{room}`, or `{0}`".to_owned(),
        Fields::Unit => format!("`{variant}` has no fields that its text could show"),
        _ => format!("`{variant}` has no field `{name}` that its text could show"),
    }
}
