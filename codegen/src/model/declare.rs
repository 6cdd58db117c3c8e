//! The declarations of ts-rs, read back.

use super::Declaration;
use crate::error::CodegenError;
use crate::syntax::Type;
use crate::text;
use hub_core::contract::TypeDeclaration;
use std::panic::{AssertUnwindSafe, catch_unwind};
use ts_rs::Config;

/// The declarations of all types that were met, by name; each name stands for one type.
pub(super) fn declarations(
    config: &Config,
    found: &[TypeDeclaration],
) -> Result<Vec<Declaration>, CodegenError> {
    let mut types = Vec::new();
    for found in found {
        types.push(declaration(config, found)?);
    }
    types.sort_by(|a, b| (&a.name, &a.rust_name).cmp(&(&b.name, &b.rust_name)));
    types.dedup_by(|a, b| is_same_type(a, b));
    for pair in types.windows(2) {
        if pair[0].name == pair[1].name {
            return Err(CodegenError::NameClash {
                name: pair[0].name.clone(),
                first: pair[0].rust_name.clone(),
                second: pair[1].rust_name.clone(),
            });
        }
    }
    Ok(types)
}

/// Instances of a type with different constants count as types of their own; where the constants
/// do not show in the declaration they are one.
fn is_same_type(a: &Declaration, b: &Declaration) -> bool {
    let path = |ty: &Declaration| ty.rust_name.split('<').next().map(str::to_owned);
    a.name == b.name && path(a) == path(b) && a.ty == b.ty && a.generics == b.generics
}

fn declaration(config: &Config, found: &TypeDeclaration) -> Result<Declaration, CodegenError> {
    let rust_name = found.rust_name.to_owned();
    if !text::is_identifier(&found.ident) {
        return Err(CodegenError::NotAName {
            name: found.ident.clone(),
            rust_name,
        });
    }
    let printed = print(config, found)?;
    if printed.starts_with("enum ") {
        return Err(CodegenError::Enum { rust_name });
    }
    let head = format!("type {}", found.ident);
    let parts = printed
        .strip_prefix(&head)
        .and_then(|rest| rest.split_once(" = "))
        .and_then(|parts| reunite(parts.0, parts.1));
    let Some((generics, body)) = parts else {
        return Err(CodegenError::NotTypeScript {
            rust_name,
            text: printed,
        });
    };
    Ok(Declaration {
        id: found.id,
        name: found.ident.clone(),
        generics,
        docs: found
            .docs
            .as_deref()
            .map(text::comment_lines)
            .unwrap_or_default(),
        ty: parse(&rust_name, body.trim_end().trim_end_matches(';'))?,
        rust_name,
        error: None,
        reader: None,
        writer: None,
    })
}

/// Default arguments (`<T = string>`) hold a ` = ` of their own: the head ends where its angle
/// brackets are closed.
fn reunite<'a>(head: &str, body: &'a str) -> Option<(String, &'a str)> {
    let (mut head, mut body) = (head.to_owned(), body);
    while head.matches('<').count() != head.matches('>').count() {
        let (more, rest) = body.split_once(" = ")?;
        head = format!("{head} = {more}");
        body = rest;
    }
    Some((head, body))
}

/// Asks ts-rs for the declaration. It panics for what it cannot flatten.
fn print(config: &Config, found: &TypeDeclaration) -> Result<String, CodegenError> {
    let printed = catch_unwind(AssertUnwindSafe(|| (found.declaration)(config)));
    printed.map_err(|_| CodegenError::NoTypeScript {
        rust_name: found.rust_name.to_owned(),
    })
}

/// Reads a type expression of ts-rs.
pub(super) fn parse(rust_name: &str, printed: &str) -> Result<Type, CodegenError> {
    Type::parse(printed).ok_or_else(|| CodegenError::NotTypeScript {
        rust_name: rust_name.to_owned(),
        text: printed.to_owned(),
    })
}
