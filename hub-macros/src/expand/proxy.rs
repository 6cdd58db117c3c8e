//! What the server calls clients with.

use super::bounds::Claims;
use super::describe::constant;
use crate::ast::{Contract, Method, is_cfg};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::Attribute;

/// The proxy's name.
pub(crate) fn name(contract: &Contract) -> Ident {
    format_ident!("{}Proxy", contract.ident)
}

/// The proxy's type.
pub(crate) fn declaration(contract: &Contract) -> TokenStream {
    let Contract {
        facade,
        attrs,
        vis,
        ident,
        ..
    } = contract;
    let name = name(contract);
    let cfgs = attrs.iter().filter(|attr| is_cfg(attr));
    let docs = format!(
        "Calls the methods of [`{ident}`] on one client, with `S = Single`, or on many, with \
         `S = Many`."
    );
    quote! {
        #(#cfgs)*
        #[doc = #docs]
        #vis struct #name<S> {
            outlet: #facade::Outlet,
            selection: ::core::marker::PhantomData<fn() -> S>,
        }
    }
}

/// The proxy's methods, and how it is made.
pub(crate) fn calls(contract: &Contract, claims: &Claims) -> TokenStream {
    let facade = &contract.facade;
    let name = name(contract);
    let text = name.to_string();
    let clauses = claims.where_clause();
    let methods: Vec<_> = contract.methods().enumerate().collect();
    let write = |has_result| {
        let chosen = methods
            .iter()
            .filter(move |(_, method)| method.has_result() == has_result);
        chosen
            .map(|(index, method)| call(contract, *index, method))
            .collect::<Vec<_>>()
    };
    let sends = write(false);
    let asks = write(true);
    let asks = (!asks.is_empty()).then(|| {
        quote! {
            #[allow(deprecated, missing_docs)]
            impl #name<#facade::Single> #clauses {
                #(#asks)*
            }
        }
    });
    quote! {
        #[allow(deprecated, missing_docs)]
        impl<S: #facade::Selection> #name<S> #clauses {
            #(#sends)*
        }

        #asks

        #[automatically_derived]
        impl<S> ::core::convert::From<#facade::Outlet> for #name<S> {
            fn from(outlet: #facade::Outlet) -> Self {
                Self { outlet, selection: ::core::marker::PhantomData }
            }
        }

        #[automatically_derived]
        impl<S> ::core::clone::Clone for #name<S> {
            fn clone(&self) -> Self {
                Self {
                    outlet: ::core::clone::Clone::clone(&self.outlet),
                    selection: ::core::marker::PhantomData,
                }
            }
        }

        #[automatically_derived]
        impl<S> ::core::fmt::Debug for #name<S> {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.debug_tuple(#text).field(&self.outlet).finish()
            }
        }
    }
}

fn call(contract: &Contract, index: usize, method: &Method) -> TokenStream {
    let Contract { facade, vis, .. } = contract;
    let attrs = method.attrs.iter().filter(|attr| concerns_callers(attr));
    let ident = method.ident();
    let constant = constant(index);
    let parameters = method
        .arguments()
        .map(|(name, ty)| quote!(#name: impl #facade::Argument<#ty>));
    let arguments = method
        .arguments()
        .map(|(name, ty)| quote!(&#facade::ArgumentRef::<_, #ty>::new(&#name),));
    let (way, answer) = if method.has_result() {
        let ty = method.answer.ty();
        (quote!(invoke), quote!(#facade::ClientCall<#ty>))
    } else {
        (quote!(send), quote!(#facade::Delivery))
    };
    quote! {
        #(#attrs)*
        #vis fn #ident(&self, #(#parameters),*) -> #answer {
            self.outlet.#way(#constant.wire_name, &(#(#arguments)*))
        }
    }
}

fn concerns_callers(attr: &Attribute) -> bool {
    is_cfg(attr) || attr.path().is_ident("doc") || attr.path().is_ident("deprecated")
}
