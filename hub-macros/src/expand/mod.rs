//! From the model to code. Each file writes one part of what an attribute stands for.

mod bounds;
mod contract_trait;
mod describe;
#[cfg(test)]
mod golden;
mod hub_error;
mod proxy;
mod table;
mod wire_type;

pub(crate) use hub_error::hub_error;
pub(crate) use wire_type::hub_type;

use crate::ast::{Contract, Facade, Role};
use crate::errors::Errors;
use crate::{attr, check, fallback};
use bounds::Claims;
use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Item, ItemTrait};

/// `#[hub]`.
pub(crate) fn hub(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = attr::hub(arguments, &mut errors);
    let role = Role::Hub {
        client: arguments.client,
        version: arguments.version,
    };
    contract(role, arguments.facade, item, errors)
}

/// `#[hub_client]`.
pub(crate) fn hub_client(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let arguments = attr::hub_client(arguments, &mut errors);
    contract(Role::Client, arguments.facade, item, errors)
}

fn contract(role: Role, facade: Facade, item: TokenStream, mut errors: Errors) -> TokenStream {
    let written = match only_trait(item, &role) {
        Ok(written) => written,
        Err((error, item)) => {
            errors.add(error);
            let errors = errors.into_tokens();
            return quote!(#item #errors);
        }
    };
    let expansion = match check::contract(role, facade, written.clone(), &mut errors) {
        Some(contract) => expand(&contract),
        None => fallback::generic_trait(written),
    };
    let errors = errors.into_tokens();
    quote!(#expansion #errors)
}

fn only_trait(item: TokenStream, role: &Role) -> Result<ItemTrait, (syn::Error, TokenStream)> {
    let attribute = match role {
        Role::Hub { .. } => "#[hub]",
        Role::Client => "#[hub_client]",
    };
    match syn::parse2(item.clone()) {
        Ok(Item::Trait(written)) => Ok(written),
        Ok(_) => {
            let message = format!("`{attribute}` goes on a trait");
            Err((syn::Error::new(Span::call_site(), message), item))
        }
        Err(error) => Err((error, item)),
    }
}

fn expand(contract: &Contract) -> TokenStream {
    let claims = Claims::of_contract(contract);
    let written = contract_trait::expand(contract);
    let descriptions = describe::methods(contract);
    let implementation = describe::implementation(contract, &claims);
    let (proxy, calls) = match &contract.role {
        Role::Hub { .. } => (None, table::expand(contract, &claims)),
        Role::Client => (
            Some(proxy::declaration(contract)),
            proxy::calls(contract, &claims),
        ),
    };
    quote! {
        #written
        #proxy
        const _: () = {
            #claims
            #descriptions
            #implementation
            #calls
        };
    }
}
