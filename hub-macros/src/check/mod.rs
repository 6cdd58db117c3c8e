//! The rules of a contract and of its types. Every mistake is noted on the user's own tokens, and the model is made
//! as if it were mended wherever that is possible, so that one mistake is one error.

mod answer;
mod hub_error;
mod method;
mod names;
mod parameter;
mod sentence;
mod travel;
mod wire_type;

pub(crate) use answer::result;
pub(crate) use hub_error::{hub_error, no_enum};
pub(crate) use wire_type::{fields, is_derived, no_type, wire_type};

use crate::ast::{Contract, Facade, Member, Requirement, Role};
use crate::attr;
use crate::errors::Errors;
use names::Names;
use proc_macro2::Ident;
use syn::punctuated::Punctuated;
use syn::{Attribute, ItemTrait, TraitItem};

/// Checks a trait and everything in it. `None` if the trait is generic: then there is no single
/// type that could name the contract.
pub(crate) fn contract(
    role: Role,
    facade: Facade,
    mut item: ItemTrait,
    errors: &mut Errors,
) -> Option<Contract> {
    let authorize = requirements(&mut item.attrs, &role, errors);
    check_header(&item, &role, errors);
    let ident = item.ident.clone();
    let members = std::mem::take(&mut item.items);
    let names = &mut Names::default();
    let members = members
        .into_iter()
        .filter_map(|member| check_member(member, &role, &ident, names, errors))
        .collect();
    let generic = !item.generics.params.is_empty();
    let contract = Contract {
        role,
        facade,
        attrs: item.attrs,
        vis: item.vis,
        ident,
        authorize,
        members,
    };
    (!generic).then_some(contract)
}

/// What the attributes of a trait or a method ask of whoever calls it.
fn requirements(attrs: &mut Vec<Attribute>, role: &Role, errors: &mut Errors) -> Vec<Requirement> {
    match role {
        Role::Hub { .. } => attr::authorize(attrs, errors),
        Role::Client => {
            attr::refuse_authorize(attrs, errors);
            Vec::new()
        }
    }
}

fn check_header(item: &ItemTrait, role: &Role, errors: &mut Errors) {
    let what = role.noun();
    if let Some(token) = &item.unsafety {
        errors.push(token, format!("{what} is a safe trait"));
    }
    if let Some(token) = &item.modifiers.auto_token {
        errors.push(token, format!("{what} is no auto trait"));
    }
    if !item.generics.params.is_empty() {
        errors.push(
            &item.generics.params,
            format!("{what} takes no parameters: its calls have to be known when it is compiled"),
        );
    }
    if let Some(clause) = &item.generics.where_clause {
        errors.push(clause, format!("{what} has no where-clause"));
    }
    if !item.supertraits.is_empty() {
        let supertraits: &Punctuated<_, _> = &item.supertraits;
        errors.push(
            supertraits,
            format!("{what} has no supertraits; `Send + Sync + 'static` are added to it"),
        );
    }
}

fn check_member(
    member: TraitItem,
    role: &Role,
    contract: &Ident,
    names: &mut Names,
    errors: &mut Errors,
) -> Option<Member> {
    let what = role.noun();
    match member {
        TraitItem::Fn(method) => method::check(method, role, contract, names, errors),
        TraitItem::Type(ty) => {
            errors.push(
                &ty,
                format!("{what} has no associated types: name the type itself"),
            );
            Some(Member::Broken(TraitItem::Type(ty)))
        }
        TraitItem::Const(constant) => {
            errors.push(
                &constant,
                format!("{what} has no associated constants, only methods"),
            );
            None
        }
        TraitItem::Macro(call) => {
            errors.push(
                &call,
                format!("{what} has its methods written out, not made by a macro"),
            );
            None
        }
        other => {
            errors.push(&other, format!("{what} has only methods"));
            None
        }
    }
}

impl Role {
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::Hub { .. } => "a hub",
            Self::Client => "a hub client",
        }
    }
}
