//! The rules of one method.

use super::names::Names;
use super::{answer, parameter};
use crate::ast::{Answer, Member, Method, Role};
use crate::errors::Errors;
use crate::{attr, case};
use proc_macro2::Ident;
use syn::ext::IdentExt;
use syn::{
    Attribute, FnArg, LitStr, Receiver, ReceiverKind, Safety, Signature, Token, TraitItem,
    TraitItemFn,
};

/// The methods that `#[hub]` provides.
const PROVIDED: [&str; 3] = [
    "on_connected",
    "on_authentication_refreshed",
    "on_disconnected",
];

/// Checks a method. `None` if it must not be written at all.
pub(super) fn check(
    mut item: TraitItemFn,
    role: &Role,
    contract: &Ident,
    names: &mut Names,
    errors: &mut Errors,
) -> Option<Member> {
    let authorize = super::requirements(&mut item.attrs, role, errors);
    let name = attr::method(&mut item.attrs, errors);
    if matches!(role, Role::Hub { .. }) && PROVIDED.iter().any(|name| item.sig.ident == name) {
        errors.push(
            &item.sig.ident,
            format!(
                "`{}` is provided by `#[hub]`: remove it here, and override it in the `impl`",
                item.sig.ident
            ),
        );
        return None;
    }
    let mut whole = check_qualifiers(&mut item.sig, errors);
    whole &= check_body(&item, errors);
    whole &= check_receiver(&mut item.sig, errors);
    let parameters = parameter::check(&mut item.sig, role, contract, errors);
    let answer = answer::check(&item.sig, role, errors);
    let wire_name = wire_name(name, &item.sig.ident, errors);
    if !names.check(&item.sig.ident, &wire_name, &item.attrs, errors) {
        return None;
    }
    match (whole, parameters, answer) {
        (true, Some((takes_context, parameters)), Some(answer)) => {
            if !matches!(answer, Answer::Stream(_)) {
                item.sig.asyncness = Some(syn::parse_quote!(async));
            }
            Some(Member::Method(Method {
                attrs: item.attrs,
                signature: item.sig,
                wire_name,
                authorize,
                takes_context,
                parameters,
                answer,
            }))
        }
        _ => Some(Member::Broken(TraitItem::Fn(item))),
    }
}

/// `const`, `unsafe` and `extern` are taken away; type parameters cannot be.
fn check_qualifiers(signature: &mut Signature, errors: &mut Errors) -> bool {
    if let Some(token) = signature.constness.take() {
        errors.push(token, "a method of a contract is `async`, not `const`");
        signature.asyncness = Some(Token![async](token.span));
    }
    if let Safety::Unsafe(token) = std::mem::take(&mut signature.safety) {
        errors.push(
            token,
            "a method of a contract is safe: its caller is another machine",
        );
    }
    if let Some(abi) = signature.abi.take() {
        errors.push(
            abi,
            "a method of a contract has no calling convention of its own",
        );
    }
    if let Some(variadic) = &signature.variadic {
        errors.push(
            variadic,
            "a method of a contract takes a fixed number of parameters",
        );
        return false;
    }
    let generics = &signature.generics;
    if let Some(clause) = &generics.where_clause {
        errors.push(clause, "a method of a contract has no where-clause");
    }
    if generics.params.is_empty() {
        return generics.where_clause.is_none();
    }
    errors.push(
        &generics.params,
        "a method of a contract takes no type or lifetime parameters: a client could not choose \
         them",
    );
    false
}

fn check_body(item: &TraitItemFn, errors: &mut Errors) -> bool {
    if let Some(body) = &item.default {
        errors.push(
            body,
            "a method of a contract has no body here: write it in the `impl`",
        );
    }
    item.default.is_none()
}

/// Mends `&mut self` and `self` in a method that can be called nonetheless.
fn check_receiver(signature: &mut Signature, errors: &mut Errors) -> bool {
    let what = "a hub is shared by all calls, so its methods take `&self`";
    let Some(FnArg::Receiver(receiver)) = signature.inputs.first_mut() else {
        errors.push(
            &signature.ident,
            format!("{what}: add it as the first parameter"),
        );
        return false;
    };
    check_no_attributes(&receiver.attrs, errors);
    match &receiver.kind {
        ReceiverKind::Reference(_, None, None) => return true,
        ReceiverKind::Reference(_, Some(lifetime), None) => errors.push(
            lifetime,
            "`&self` takes no lifetime here: a method of a contract borrows nothing else",
        ),
        ReceiverKind::Reference(_, _, Some(_)) => {
            errors.push(&*receiver, format!("{what}, not `&mut self`"));
        }
        ReceiverKind::Value => errors.push(&*receiver, format!("{what}, not `self`")),
        _ => errors.push(&*receiver, format!("{what} and nothing else")),
    }
    let mended: Receiver = syn::parse_quote!(&self);
    receiver.kind = mended.kind;
    receiver.mutability = None;
    true
}

/// A parameter that exists only sometimes would change the meaning of its neighbours on the wire.
pub(super) fn check_no_attributes(attrs: &[Attribute], errors: &mut Errors) -> bool {
    let conditions = attrs.iter().filter(|attr| crate::ast::is_cfg(attr));
    let mut none = true;
    for attr in conditions {
        errors.push(
            attr,
            "a parameter is always there: put the attribute on the method, or the choice into \
             the parameter's type",
        );
        none = false;
    }
    none
}

fn wire_name(name: Option<LitStr>, ident: &Ident, errors: &mut Errors) -> LitStr {
    let derived = LitStr::new(&case::pascal(ident), ident.span());
    let Some(name) = name else {
        if derived.value().is_empty() {
            errors.push(
                ident,
                format!(
                    "`{}` leaves no name for the wire: rename it, or add `#[hub(name = \"…\")]`",
                    ident.unraw()
                ),
            );
        }
        return derived;
    };
    let text = name.value();
    let starts = |letter: char| letter.is_alphabetic() || letter == '_';
    let goes_on = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '.' | '-');
    if text.is_empty() {
        errors.push(&name, "the wire name is empty");
    } else if !text.starts_with(starts) || !text.chars().all(goes_on) {
        errors.push(
            &name,
            "a wire name begins with a letter or `_`, and goes on with letters, digits, `_`, `.` \
             and `-`",
        );
    } else {
        return name;
    }
    derived
}
