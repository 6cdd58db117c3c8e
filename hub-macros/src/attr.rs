//! Reading attributes: the arguments of our own, and those that stand beside them.

mod authorize;
mod error_variant;

pub(crate) use authorize::{authorize, refuse_authorize};
pub(crate) use error_variant::{error_variant, take_from};

use crate::ast::Facade;
use crate::errors::Errors;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::meta::ParseNestedMeta;
use syn::parse::Parser;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, Field, Lit, LitInt, LitStr, Meta, Path, Token};

/// The arguments of `#[hub]`, `#[hub_client]`, `#[hub_type]` or `#[hub_error]`.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) facade: Facade,
    pub(crate) client: Option<Path>,
    pub(crate) version: Option<LitInt>,
}

/// Reads the arguments of `#[hub(…)]`.
pub(crate) fn hub(tokens: TokenStream, errors: &mut Errors) -> Arguments {
    arguments(
        tokens,
        errors,
        "`#[hub]` takes `client = Trait`, `version = 2` and `crate = path`",
        true,
    )
}

/// Reads the arguments of `#[hub_client(…)]`.
pub(crate) fn hub_client(tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let allowed = "`#[hub_client]` takes no arguments but `crate = path`";
    arguments(tokens, errors, allowed, false)
}

/// Reads the arguments of `#[hub_type(…)]`.
pub(crate) fn hub_type(tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let allowed = "`#[hub_type]` takes no arguments but `crate = path`; names and defaults are \
                   set by `#[serde(…)]` below it";
    arguments(tokens, errors, allowed, false)
}

/// Reads the arguments of `#[hub_error(…)]` on the enum.
pub(crate) fn hub_error(tokens: TokenStream, errors: &mut Errors) -> Arguments {
    let allowed = "above the enum, `#[hub_error]` takes no arguments but `crate = path`; sentences \
                   stand above its variants";
    if let Some(TokenTree::Literal(text)) = tokens.clone().into_iter().next() {
        errors.push(text, allowed);
        return Arguments::default();
    }
    arguments(tokens, errors, allowed, false)
}

fn arguments(tokens: TokenStream, errors: &mut Errors, allowed: &str, is_hub: bool) -> Arguments {
    let mut facade = None;
    let mut client = None;
    let mut version = None;
    let parser = syn::meta::parser(|meta| {
        if meta.path.is_ident("crate") {
            let path = path_value(&meta, allowed)?;
            fill(&mut facade, path, &meta)
        } else if is_hub && meta.path.is_ident("client") {
            let path = path_value(&meta, allowed)?;
            fill(&mut client, path, &meta)
        } else if is_hub && meta.path.is_ident("version") {
            let number = version_value(&meta, allowed)?;
            fill(&mut version, number, &meta)
        } else {
            Err(meta.error(allowed))
        }
    });
    if let Err(error) = parser.parse2(tokens) {
        errors.add(error);
    }
    Arguments {
        facade: facade.map(Facade).unwrap_or_default(),
        client,
        version,
    }
}

fn fill<T>(slot: &mut Option<T>, value: T, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    if slot.is_some() {
        return Err(syn::Error::new_spanned(
            &meta.path,
            format!("`{}` is given twice", meta.path.to_token_stream()),
        ));
    }
    *slot = Some(value);
    Ok(())
}

/// A version of a contract. 0 would stand before the first.
fn version_value(meta: &ParseNestedMeta<'_>, allowed: &str) -> syn::Result<LitInt> {
    let value: Expr = meta.value().map_err(|_| meta.error(allowed))?.parse()?;
    if let Expr::Lit(ExprLit {
        lit: Lit::Int(number),
        ..
    }) = &value
        && number.base10_parse::<u32>().is_ok_and(|number| number > 0)
    {
        return Ok(number.clone());
    }
    Err(syn::Error::new_spanned(
        value,
        "the version is a whole number from 1: `#[hub(version = 2)]`",
    ))
}

fn path_value(meta: &ParseNestedMeta<'_>, allowed: &str) -> syn::Result<Path> {
    let value = meta.value().map_err(|_| meta.error(allowed))?;
    if value.peek(LitStr) {
        let text: LitStr = value.parse()?;
        return Err(syn::Error::new_spanned(
            text,
            "write the path itself, without quotes",
        ));
    }
    if value.peek(Token![dyn]) {
        let ty: syn::Type = value.parse()?;
        return Err(syn::Error::new_spanned(
            ty,
            "write the name of the trait, without `dyn`",
        ));
    }
    value.call(Path::parse_mod_style)
}

/// Takes our helper attributes away from a method, and reads the wire name in them.
pub(crate) fn method(attrs: &mut Vec<Attribute>, errors: &mut Errors) -> Option<LitStr> {
    let mut name = None;
    attrs.retain(|attr| {
        if attr.path().is_ident("hub") {
            read_name(attr, &mut name, errors);
        } else if ["hub_client", "hub_type", "hub_error"]
            .iter()
            .any(|name| attr.path().is_ident(name))
        {
            errors.push(
                attr,
                "this attribute has no meaning on a method; `#[hub(name = \"…\")]` has",
            );
        } else {
            return true;
        }
        false
    });
    name
}

fn read_name(attr: &Attribute, name: &mut Option<LitStr>, errors: &mut Errors) {
    const ALLOWED: &str = "on a method, write `#[hub(name = \"WireName\")]`";
    if !matches!(attr.meta, Meta::List(_)) {
        errors.push(attr, ALLOWED);
        return;
    }
    let read = attr.parse_nested_meta(|meta| {
        if !meta.path.is_ident("name") {
            return Err(meta.error(ALLOWED));
        }
        let value: Expr = meta.value().map_err(|_| meta.error(ALLOWED))?.parse()?;
        let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = value
        else {
            return Err(syn::Error::new_spanned(
                value,
                "the wire name is a text: `#[hub(name = \"WireName\")]`",
            ));
        };
        if name.is_some() {
            return Err(meta.error("`name` is given twice"));
        }
        *name = Some(text);
        Ok(())
    });
    if let Err(error) = read {
        errors.add(error);
    }
}

/// Whether an attribute is called so, by whatever path.
fn has_name(attr: &Attribute, name: &str) -> bool {
    let last = attr.path().segments.last();
    last.is_some_and(|segment| segment.ident == name)
}

/// The documentation as an expression: its lines, joined by `\n`.
pub(crate) fn docs(attrs: &[Attribute]) -> TokenStream {
    let mut lines = Vec::new();
    for attr in attrs {
        if let Meta::NameValue(pair) = &attr.meta
            && pair.path.is_ident("doc")
        {
            lines.push(&pair.value);
        }
    }
    let texts: Option<Vec<_>> = lines.iter().map(|line| text(line)).collect();
    let Some(texts) = texts else {
        // `#[doc = include_str!(…)]` is known to the compiler only.
        let mut lines = lines.into_iter();
        let first = lines.next();
        return quote!(::core::concat!(#first #(, "\n", #lines)*));
    };
    // `///` leaves the space behind it; block comments have lines of their own.
    let lines = texts.iter().flat_map(|text| text.split('\n'));
    let lines: Vec<_> = lines
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    lines.join("\n").trim_end().to_token_stream()
}

fn text(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// Whether one of these keys stands in a `#[serde(…)]`.
pub(crate) fn has_serde(attrs: &[Attribute], keys: &[&str]) -> bool {
    has(attrs, "serde", keys)
}

/// Whether the type of a field need not travel: it is left out, or goes as another one.
pub(crate) fn travels_otherwise(field: &Field) -> bool {
    has_serde(
        &field.attrs,
        &["skip", "with", "serialize_with", "deserialize_with"],
    ) || has(&field.attrs, "ts", &["as"])
}

/// Whether one of these keys stands in an attribute of this name.
pub(crate) fn has(attrs: &[Attribute], name: &str, keys: &[&str]) -> bool {
    entries(attrs, name)
        .iter()
        .any(|(found, _)| keys.iter().any(|key| found == key))
}

/// The text that a key of an attribute is given, as `f64` in `#[ts(as = "f64")]`.
pub(crate) fn text_of(attrs: &[Attribute], name: &str, key: &str) -> Option<LitStr> {
    let entries = entries(attrs, name);
    let (_, value) = entries.into_iter().find(|(found, _)| found == key)?;
    syn::parse_str(&value?).ok()
}

/// The keys in all attributes of this name, with the text behind a `=`. What they may hold is for
/// their derives to say; some keys are keywords.
fn entries(attrs: &[Attribute], name: &str) -> Vec<(String, Option<String>)> {
    let mut entries = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
        let Meta::List(list) = &attr.meta else {
            continue;
        };
        let tokens: Vec<_> = list.tokens.clone().into_iter().collect();
        let is = |token: &TokenTree, sign: char| matches!(token, TokenTree::Punct(p) if p.as_char() == sign);
        for entry in tokens.split(|token| is(token, ',')) {
            match entry {
                [TokenTree::Ident(key), equals, value] if is(equals, '=') => {
                    entries.push((key.to_string(), Some(value.to_string())));
                }
                [TokenTree::Ident(key), ..] => entries.push((key.to_string(), None)),
                _ => {}
            }
        }
    }
    entries
}

/// Whether `attr` stands before our attribute, where it is of no use or harmful.
///
/// Attribute macros are given the others' tokens without their order; the positions in the
/// source file have kept it.
pub(crate) fn stands_before_ours(attr: &Attribute) -> bool {
    if !proc_macro::is_available() {
        return false;
    }
    let theirs = attr.span().unwrap();
    let ours = Span::call_site().unwrap();
    theirs.file() == ours.file() && (theirs.line(), theirs.column()) < (ours.line(), ours.column())
}
