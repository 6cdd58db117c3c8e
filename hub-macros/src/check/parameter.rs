//! The rules of parameters.

use super::method::check_no_attributes;
use super::travel::{self, Place};
use crate::ast::{Parameter, ParameterKind, Role};
use crate::errors::Errors;
use proc_macro2::Ident;
use quote::{ToTokens, format_ident};
use syn::spanned::Spanned;
use syn::{
    FnArg, GenericArgument, Pat, PatIdent, PatType, PathArguments, PathSegment, Signature, Type,
    TypeParamBound, TypeReference,
};

/// As many arguments as a call can bind.
const MOST_ARGUMENTS: usize = 16;

/// Checks the parameters behind the receiver: whether `cx` is the first, and the others. `None`
/// if one of them cannot be mended.
///
/// Patterns are replaced by names, since no trait may have them.
pub(super) fn check(
    signature: &mut Signature,
    role: &Role,
    contract: &Ident,
    errors: &mut Errors,
) -> Option<(bool, Vec<Parameter>)> {
    let mut whole = true;
    let mut contexts = 0;
    let mut parameters = Vec::new();
    let typed = signature.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    });
    for (index, written) in typed.enumerate() {
        whole &= check_no_attributes(&written.attrs, errors);
        if let Some(context) = context_segment(&written.ty) {
            contexts += 1;
            whole &= check_context(written, context, role, contract, index, contexts, errors)
                || index == 0 && mend_key(&mut written.ty, contract);
            mend_pattern(&mut written.pat, index);
            continue;
        }
        let ident = check_pattern(&mut written.pat, index, errors);
        match check_type(&written.ty, role, errors) {
            Some(kind) => parameters.push(Parameter {
                written: written.clone(),
                ident,
                kind,
            }),
            None => whole = false,
        }
    }
    whole &= check_counts(&parameters, errors);
    whole.then_some((contexts == 1, parameters))
}

/// The last segment of the path if the type is a `Context`, by whatever reference.
fn context_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Reference(reference) => context_segment(&reference.elem),
        Type::Paren(paren) => context_segment(&paren.elem),
        Type::Group(group) => context_segment(&group.elem),
        Type::Path(path) => path
            .path
            .segments
            .last()
            .filter(|last| last.ident == "Context"),
        _ => None,
    }
}

fn check_context(
    written: &PatType,
    context: &PathSegment,
    role: &Role,
    contract: &Ident,
    index: usize,
    contexts: usize,
    errors: &mut Errors,
) -> bool {
    let expected = format!("`cx: &Context<dyn {contract}>`");
    if matches!(role, Role::Client) {
        errors.push(
            written,
            "a client method has no context: the server is the only caller",
        );
        return false;
    }
    if contexts > 1 {
        errors.push(written, "the context is taken twice");
        return false;
    }
    if index > 0 {
        errors.push(
            written,
            format!("the context comes first, right after `&self`: {expected}"),
        );
        return false;
    }
    let by_reference = matches!(&*written.ty, Type::Reference(reference)
        if reference.mutability.is_none() && reference.lifetime.is_none());
    if !by_reference {
        errors.push(
            &written.ty,
            format!("the context is taken by reference: {expected}"),
        );
        return false;
    }
    if !is_key_of(context, contract) {
        errors.push(
            &written.ty,
            format!("the context of this hub is {expected}"),
        );
        return false;
    }
    true
}

/// Whether the segment is `Context<dyn Contract>`.
fn is_key_of(context: &PathSegment, contract: &Ident) -> bool {
    let PathArguments::AngleBracketed(arguments) = &context.arguments else {
        return false;
    };
    let mut arguments = arguments.args.iter();
    let (Some(GenericArgument::Type(Type::TraitObject(object))), None) =
        (arguments.next(), arguments.next())
    else {
        return false;
    };
    let mut bounds = object.bounds.iter();
    match (bounds.next(), bounds.next()) {
        (Some(TypeParamBound::Trait(bound)), None) => bound
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == *contract),
        _ => false,
    }
}

/// Adds the `dyn` that is missing in `&Context<Contract>`.
fn mend_key(ty: &mut Type, contract: &Ident) -> bool {
    if let Type::Reference(TypeReference {
        lifetime: None,
        mutability: None,
        elem,
        ..
    }) = ty
        && let Type::Path(path) = &mut **elem
        && let Some(context) = path.path.segments.last_mut()
        && let PathArguments::AngleBracketed(arguments) = &mut context.arguments
        && let Some(GenericArgument::Type(key)) = arguments.args.first_mut()
        && matches!(key, Type::Path(path) if path.path.is_ident(contract))
    {
        *key = syn::parse_quote!(dyn #key);
        return true;
    }
    false
}

fn check_pattern(pat: &mut Pat, index: usize, errors: &mut Errors) -> Ident {
    match pat {
        Pat::Ident(PatIdent {
            by_ref: None,
            mutability: None,
            subpat: None,
            ..
        }) => {}
        Pat::Ident(PatIdent {
            mutability: Some(token),
            subpat: None,
            ..
        }) => errors.push(
            token,
            "a parameter of a contract is just named: write `mut` in the `impl`",
        ),
        _ => errors.push(
            &*pat,
            "a parameter of a contract has a name, which generated clients show: write the \
             pattern in the `impl`",
        ),
    }
    mend_pattern(pat, index)
}

fn mend_pattern(pat: &mut Pat, index: usize) -> Ident {
    let ident = match &*pat {
        Pat::Ident(named) => named.ident.clone(),
        other => format_ident!("arg{index}", span = other.span()),
    };
    *pat = Pat::Ident(PatIdent {
        attrs: Vec::new(),
        by_ref: None,
        mutability: None,
        ident: ident.clone(),
        subpat: None,
    });
    ident
}

fn check_type(ty: &Type, role: &Role, errors: &mut Errors) -> Option<ParameterKind> {
    let Type::ImplTrait(written) = ty else {
        return travel::check(ty, Place::Parameter, errors)
            .then(|| ParameterKind::Argument(ty.clone()));
    };
    let Some(stream) = travel::stream(written) else {
        errors.push(
            ty,
            "the only `impl Trait` of a contract is `impl Stream<Item = T>`",
        );
        return None;
    };
    if matches!(role, Role::Client) {
        errors.push(
            ty,
            "a client cannot be sent a stream: call it once for each item",
        );
        return None;
    }
    let item = travel::item(stream, errors)?;
    travel::check_item(item, Place::Item, errors).then(|| ParameterKind::Upload(item.clone()))
}

fn check_counts(parameters: &[Parameter], errors: &mut Errors) -> bool {
    let mut whole = true;
    let is_upload = |parameter: &&Parameter| matches!(parameter.kind, ParameterKind::Upload(_));
    for second in parameters.iter().filter(is_upload).skip(1) {
        errors.push(
            second.written.to_token_stream(),
            "a method takes one upload: SignalR's JavaScript client loses the second",
        );
        whole = false;
    }
    let mut arguments = parameters.iter().filter(|parameter| !is_upload(parameter));
    if let Some(excess) = arguments.nth(MOST_ARGUMENTS) {
        errors.push(
            &excess.written,
            format!("a method takes up to {MOST_ARGUMENTS} parameters: use a `#[hub_type]` struct"),
        );
        whole = false;
    }
    whole
}
