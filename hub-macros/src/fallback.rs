//! What is written for a member or a trait with a mistake that cannot be mended: enough for the
//! rest of the user's code to find it, and nothing that could be a second error.

use crate::ast::{ErrorEnum, Facade};
use crate::errors::Errors;
use crate::{attr, check};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Data, DeriveInput, Generics, ItemTrait, Path, Token, TraitItem, WhereClause};

/// A member of a contract as it was written, on implementors only, so that the contract can be
/// named as `dyn`.
pub(crate) fn member(member: &TraitItem) -> TokenStream {
    match member {
        TraitItem::Fn(method) => {
            let mut method = method.clone();
            require_sized(&mut method.sig.generics);
            quote!(#[allow(async_fn_in_trait, clippy::all)] #method)
        }
        TraitItem::Type(ty) => {
            let mut ty = ty.clone();
            ty.bounds.clear();
            ty.default = None;
            require_sized(&mut ty.generics);
            ty.into_token_stream()
        }
        other => other.to_token_stream(),
    }
}

/// A generic trait as it was written, without our attributes and without what is wrong in it.
pub(crate) fn generic_trait(mut item: ItemTrait) -> TokenStream {
    let ignored = &mut Errors::default();
    attr::authorize(&mut item.attrs, ignored);
    item.unsafety = None;
    item.modifiers.auto_token = None;
    for member in &mut item.items {
        if let TraitItem::Fn(method) = member {
            attr::authorize(&mut method.attrs, ignored);
            attr::method(&mut method.attrs, ignored);
        }
    }
    quote!(#[allow(async_fn_in_trait)] #item)
}

fn require_sized(generics: &mut Generics) {
    let clause: WhereClause = syn::parse_quote!(where Self: ::core::marker::Sized);
    generics
        .make_where_clause()
        .predicates
        .extend(clause.predicates);
}

/// A type as it was written, with implementations that say nothing but that it travels, if its
/// fields do.
pub(crate) fn wire_type(facade: &Facade, mut input: DeriveInput, travels: bool) -> TokenStream {
    forget_helpers(&mut input);
    if !travels || input.generics.lifetimes().next().is_some() {
        // It may not be `Send` or `'static`, whatever is implemented.
        return input.into_token_stream();
    }
    let ident = &input.ident;
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter.bounds.push(syn::parse_quote!(#facade::WireType));
    }
    let (_, arguments, clauses) = generics.split_for_impl();
    let parameters: Vec<_> = generics.params.iter().collect();
    let refused = quote!(::core::unreachable!("this type has errors"));
    quote! {
        #input
        const _: () = {
            use #facade::{WireType, schemars, serde, ts_rs};
            impl<#(#parameters),*> serde::Serialize for #ident #arguments #clauses {
                fn serialize<__S: serde::Serializer>(
                    &self,
                    _: __S,
                ) -> ::core::result::Result<__S::Ok, __S::Error> {
                    #refused
                }
            }
            impl<'de, #(#parameters),*> serde::Deserialize<'de> for #ident #arguments #clauses {
                fn deserialize<__D: serde::Deserializer<'de>>(
                    _: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    #refused
                }
            }
            impl<#(#parameters),*> ts_rs::TS for #ident #arguments #clauses {
                type WithoutGenerics = ();
                type OptionInnerType = Self;
                fn name(_: &ts_rs::Config) -> ::std::string::String {
                    #refused
                }
                fn inline(_: &ts_rs::Config) -> ::std::string::String {
                    #refused
                }
            }
            impl<#(#parameters),*> schemars::JsonSchema for #ident #arguments #clauses {
                fn schema_name() -> ::std::borrow::Cow<'static, str> {
                    #refused
                }
                fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                    #refused
                }
            }
            impl<#(#parameters),*> WireType for #ident #arguments #clauses {}
        };
    }
}

/// An enum of errors as it was written, as something that a method may fail with.
pub(crate) fn hub_error(error: &ErrorEnum) -> TokenStream {
    let facade = &error.facade;
    let mut input = error.input.clone();
    forget_helpers(&mut input);
    let ident = &input.ident;
    let (parameters, arguments, clauses) = input.generics.split_for_impl();
    let from = error.variants.iter().filter_map(|variant| {
        let ty = variant.from.as_ref()?;
        Some(quote! {
            impl #parameters ::core::convert::From<#ty> for #ident #arguments #clauses {
                fn from(_: #ty) -> Self {
                    ::core::unreachable!("this type has errors")
                }
            }
        })
    });
    quote! {
        #[allow(dead_code)]
        #input
        const _: () = {
            impl #parameters ::core::convert::From<#ident #arguments> for #facade::HubError #clauses {
                fn from(_: #ident #arguments) -> Self {
                    ::core::unreachable!("this type has errors")
                }
            }
            impl #parameters #facade::MethodError for #ident #arguments #clauses {
                fn into_hub_error(self) -> #facade::HubError {
                    ::core::unreachable!("this type has errors")
                }
                fn write_text(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::unreachable!("this type has errors")
                }
            }
            #(#from)*
        };
    }
}

/// Without their derives, nobody knows these attributes.
fn forget_helpers(input: &mut DeriveInput) {
    let forget = |attrs: &mut Vec<Attribute>| {
        attrs.retain(|attr| {
            let helpers = ["serde", "ts", "schemars"];
            !helpers.iter().any(|name| attr.path().is_ident(name))
        });
    };
    forget(&mut input.attrs);
    match &mut input.data {
        Data::Struct(data) => data
            .fields
            .iter_mut()
            .for_each(|field| forget(&mut field.attrs)),
        Data::Union(data) => data
            .fields
            .named
            .iter_mut()
            .for_each(|field| forget(&mut field.attrs)),
        Data::Enum(data) => {
            for variant in &mut data.variants {
                forget(&mut variant.attrs);
                variant
                    .fields
                    .iter_mut()
                    .for_each(|field| forget(&mut field.attrs));
            }
        }
    }
    input.attrs.iter_mut().for_each(forget_derives);
}

/// The same for derives of our own that are already in the list: the mended type has them.
fn forget_derives(attr: &mut Attribute) {
    if !attr.path().is_ident("derive") {
        return;
    }
    let paths = attr.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
    if let Ok(paths) = paths {
        let kept = paths.iter().filter(|path| {
            let last = path.segments.last();
            let is_refused = last.is_some_and(|it| it.ident == "Error" || it.ident == "Display");
            !check::is_derived(path) && !is_refused
        });
        *attr = syn::parse_quote!(#[derive(#(#kept),*)]);
    }
}
