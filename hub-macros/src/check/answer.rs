//! The rules of what a method answers with.

use super::travel::{self, Place};
use crate::ast::{Answer, Role};
use crate::errors::Errors;
use syn::{GenericArgument, PathArguments, ReturnType, Signature, Type, TypePath};

/// Checks the answer. `None` if it cannot be mended.
pub(super) fn check(signature: &Signature, role: &Role, errors: &mut Errors) -> Option<Answer> {
    let unit: Type = syn::parse_quote!(());
    let ty = match &signature.output {
        ReturnType::Default => &unit,
        ReturnType::Type(_, ty) => &**ty,
    };
    match role {
        Role::Hub { .. } => hub_answer(signature, ty, errors),
        Role::Client => client_answer(signature, ty, errors),
    }
}

fn hub_answer(signature: &Signature, ty: &Type, errors: &mut Errors) -> Option<Answer> {
    if let Type::ImplTrait(written) = ty {
        if let Some(stream) = travel::stream(written) {
            let item = travel::item(stream, errors)?;
            let answer = match signature.asyncness {
                Some(_) => Answer::LateStream(item.clone()),
                None => Answer::Stream(item.clone()),
            };
            return travel::check_item(item, Place::Item, errors).then_some(answer);
        }
        errors.push(
            ty,
            "a hub method is `async fn`, or `fn` that returns `impl Stream<Item = T>`",
        );
        return None;
    }
    // An alias of `Result` is as good, if its name says so.
    if let Some((Type::ImplTrait(written), error)) = arguments(ty, |name| name.ends_with("Result"))
        && let Some(stream) = travel::stream(written)
    {
        check_async(signature, errors);
        let item = travel::item(stream, errors)?;
        let whole = travel::check_item(item, Place::Item, errors);
        return whole.then(|| Answer::FallibleStream(item.clone(), error.cloned()));
    }
    check_async(signature, errors);
    travel::check_item(ty, Place::Answer, errors).then(|| Answer::Value(ty.clone()))
}

fn client_answer(signature: &Signature, ty: &Type, errors: &mut Errors) -> Option<Answer> {
    if let Type::ImplTrait(written) = ty
        && travel::stream(written).is_some()
    {
        errors.push(
            ty,
            "a client cannot answer with a stream: let it call a hub method",
        );
        return None;
    }
    check_async(signature, errors);
    if let Some((value, _)) = result(ty) {
        errors.push(
            ty,
            "a client method names the value alone: the proxy answers with \
             `Result<T, ClientResultError>` already, and a client reports its failure by throwing",
        );
        return travel::check(value, Place::Answer, &mut Errors::default())
            .then(|| Answer::Value(value.clone()));
    }
    travel::check(ty, Place::Answer, errors).then(|| Answer::Value(ty.clone()))
}

fn check_async(signature: &Signature, errors: &mut Errors) {
    if signature.asyncness.is_none() {
        errors.push(
            signature.fn_token,
            "a method of a contract is `async fn`; only one that returns \
             `impl Stream<Item = T>` is a plain `fn`",
        );
    }
}

/// The type arguments of a `Result`, as it is spelled.
pub(crate) fn result(ty: &Type) -> Option<(&Type, Option<&Type>)> {
    arguments(ty, |name| name == "Result")
}

fn arguments(ty: &Type, of: impl Fn(&str) -> bool) -> Option<(&Type, Option<&Type>)> {
    let Type::Path(TypePath {
        qself: None, path, ..
    }) = ty
    else {
        return None;
    };
    let last = path
        .segments
        .last()
        .filter(|last| of(&last.ident.to_string()))?;
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return None;
    };
    let mut types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    Some((types.next()?, types.next()))
}
