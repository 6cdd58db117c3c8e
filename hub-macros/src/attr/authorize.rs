//! Reading `#[authorize]`.

use super::has_name;
use crate::ast::Requirement;
use crate::errors::Errors;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, Token, token};

const ALLOWED: &str =
    "`#[authorize]` takes `roles(\"…\")` and `policy = …`, and nothing else where any user will do";
const ROLES: &str = "roles are texts, of which one is enough: `roles(\"ADMIN\", \"OPS\")`";
const POLICY: &str = "a policy is a constant, `policy = CAN_MODERATE` with `const CAN_MODERATE: \
                      PolicyName`, or a text: `policy = \"can-moderate\"`";

/// Takes every `#[authorize]` away from a hub or one of its methods, and reads what they require.
pub(crate) fn authorize(attrs: &mut Vec<Attribute>, errors: &mut Errors) -> Vec<Requirement> {
    let mut requirements = Vec::new();
    attrs.retain(|attr| {
        if has_name(attr, "allow_anonymous") {
            errors.push(
                attr,
                "a hub's `#[authorize]` holds for whole connections, so there is no exception for \
                 a method: put `#[authorize]` on the other methods instead",
            );
            return false;
        }
        if !has_name(attr, "authorize") {
            return true;
        }
        requirements.push(requirement(attr, errors));
        false
    });
    requirements
}

/// Takes `#[authorize]` away from where nothing is called by a client.
pub(crate) fn refuse_authorize(attrs: &mut Vec<Attribute>, errors: &mut Errors) {
    attrs.retain(|attr| {
        let refused = has_name(attr, "authorize");
        if refused {
            errors.push(
                attr,
                "a hub client is called by the server: `#[authorize]` goes on a hub, and on what \
                 clients call there",
            );
        }
        !refused
    });
}

fn requirement(attr: &Attribute, errors: &mut Errors) -> Requirement {
    let mut requirement = Requirement::default();
    let list = match &attr.meta {
        Meta::Path(_) => return requirement,
        Meta::List(list) if list.tokens.is_empty() => {
            errors.push(attr, "write `#[authorize]` alone where any user will do");
            return requirement;
        }
        Meta::List(_) => attr,
        Meta::NameValue(_) => {
            errors.push(attr, ALLOWED);
            return requirement;
        }
    };
    let read = list.parse_nested_meta(|meta| {
        if meta.path.is_ident("roles") {
            roles(&meta, &mut requirement, errors)
        } else if meta.path.is_ident("policy") {
            policy(&meta, &mut requirement, errors)
        } else {
            Err(meta.error(ALLOWED))
        }
    });
    if let Err(error) = read {
        errors.add(error);
    }
    requirement
}

fn roles(
    meta: &ParseNestedMeta<'_>,
    requirement: &mut Requirement,
    errors: &mut Errors,
) -> syn::Result<()> {
    if !meta.input.peek(token::Paren) {
        return Err(meta.error(ROLES));
    }
    let content;
    let parenthesis = syn::parenthesized!(content in meta.input);
    let roles = Punctuated::<Expr, Token![,]>::parse_terminated(&content)?;
    if !requirement.roles.is_empty() {
        return Err(meta.error(
            "`roles` is given twice; where one of each is required, write two `#[authorize(…)]`",
        ));
    }
    if roles.is_empty() {
        return Err(syn::Error::new(parenthesis.span.join(), ROLES));
    }
    for role in &roles {
        match text(role) {
            Some(text) => check_role(text, errors),
            None => errors.push(role, ROLES),
        }
    }
    requirement.roles = roles.iter().filter_map(text).cloned().collect();
    Ok(())
}

fn check_role(role: &LitStr, errors: &mut Errors) {
    let text = role.value();
    if text.trim().is_empty() {
        errors.push(role, "the role is empty");
    } else if text.contains(',') {
        // As in C#, where nobody could have it.
        errors.push(
            role,
            "each role is a text of its own: `roles(\"ADMIN\", \"OPS\")`",
        );
    }
}

fn policy(
    meta: &ParseNestedMeta<'_>,
    requirement: &mut Requirement,
    errors: &mut Errors,
) -> syn::Result<()> {
    let policy: Expr = meta.value().map_err(|_| meta.error(POLICY))?.parse()?;
    if requirement.policy.is_some() {
        return Err(meta.error(
            "`policy` is given twice; where both are required, write two `#[authorize(…)]`",
        ));
    }
    match text(&policy) {
        Some(text) if text.value().is_empty() => errors.push(text, "the policy's name is empty"),
        None if !matches!(policy, Expr::Path(_)) => errors.push(&policy, POLICY),
        _ => requirement.policy = Some(policy),
    }
    Ok(())
}

fn text(expr: &Expr) -> Option<&LitStr> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text),
        _ => None,
    }
}
