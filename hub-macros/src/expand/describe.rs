//! The contract as constant data.

use super::bounds::{Claims, is_hub_error, is_plain};
use crate::ast::{Answer, Contract, Facade, Method, ParameterKind, Requirement, Role};
use crate::attr;
use crate::check::result;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, PathArguments, Type};

/// The constant that describes the method at this place of the trait. Everything that needs the
/// method's wire name takes it from there.
pub(crate) fn constant(index: usize) -> Ident {
    format_ident!("METHOD_{index}")
}

/// One constant a method.
pub(crate) fn methods(contract: &Contract) -> TokenStream {
    let facade = &contract.facade;
    let constants = contract.methods().enumerate().map(|(index, method)| {
        let constant = constant(index);
        let cfgs = method.cfgs();
        let wire_name = &method.wire_name;
        let rust_name = method.ident().unraw().to_string();
        let docs = attr::docs(&method.attrs);
        let parameters = method.parameters.iter().map(|parameter| {
            let name = parameter.ident.unraw().to_string();
            let upload = matches!(parameter.kind, ParameterKind::Upload(_));
            quote!(#facade::ParameterDescription::new(#name, #upload))
        });
        let (ty, kind) = match contract.role {
            Role::Hub { .. } => (quote!(HubMethodDescription), kind(facade, &method.answer)),
            Role::Client => (
                quote!(ClientMethodDescription),
                method.has_result().to_token_stream(),
            ),
        };
        let authorize = authorize(facade, &method.authorize);
        quote! {
            #(#cfgs)*
            const #constant: #facade::#ty =
                #facade::#ty::new(#wire_name, #rust_name, #docs, #kind, &[#(#parameters),*])
                    #authorize;
        }
    });
    quote!(#(#constants)*)
}

/// What is required, as a call on the description; nothing if nothing is.
fn authorize(facade: &Facade, requirements: &[Requirement]) -> Option<TokenStream> {
    let required = requirements.iter().map(|Requirement { roles, policy }| {
        let roles = (!roles.is_empty()).then(|| quote!(.roles(&[#(#roles),*])));
        let policy = policy.as_ref().map(|policy| match policy {
            Expr::Lit(text) => quote!(.policy(#facade::PolicyName::new(#text))),
            constant => quote!(.policy(#constant)),
        });
        quote!(#facade::Authorize::new() #roles #policy)
    });
    (!requirements.is_empty()).then(|| quote!(.authorize(&[#(#required),*])))
}

fn kind(facade: &Facade, answer: &Answer) -> TokenStream {
    if let Answer::Value(_) = answer {
        quote!(#facade::MethodKind::Invocation)
    } else {
        quote!(#facade::MethodKind::Stream)
    }
}

/// `HubContract` or `ClientContract` for the contract's key.
pub(crate) fn implementation(contract: &Contract, claims: &Claims) -> TokenStream {
    let Contract {
        facade,
        attrs,
        ident,
        ..
    } = contract;
    let key = contract.key();
    let clauses = claims.where_clause();
    let (of, description, associated) = match &contract.role {
        Role::Hub { client, .. } => {
            let client = if let Some(client) = client {
                // The error about another trait is on the trait.
                quote_spanned!(client.span()=> dyn #client)
            } else {
                quote!(dyn #facade::NoClient)
            };
            (
                quote!(HubContract),
                quote!(HubDescription),
                quote!(type Client = #client;),
            )
        }
        Role::Client => {
            let proxy = super::proxy::name(contract);
            let proxy = quote!(type Proxy<S: #facade::Selection> = #proxy<S>;);
            (quote!(ClientContract), quote!(ClientDescription), proxy)
        }
    };
    let name = ident.unraw().to_string();
    let docs = attr::docs(attrs);
    let descriptions = contract.methods().enumerate().map(|(index, method)| {
        let (cfgs, constant) = (method.cfgs(), constant(index));
        quote!(#(#cfgs)* #constant)
    });
    let authorize = authorize(facade, &contract.authorize);
    let version = match &contract.role {
        Role::Hub { version, .. } => version.as_ref(),
        Role::Client => None,
    };
    let version = version.map(|version| quote!(.version(#version)));
    let signatures = contract.methods().map(|method| signature(contract, method));
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #facade::#of for #key #clauses {
            #associated
            const DESCRIPTION: #facade::#description = #facade::#description::new(
                #name,
                #docs,
                ::core::module_path!(),
                &[#(#descriptions),*],
            ) #authorize #version;
            const SIGNATURES: &'static [#facade::MethodSignature] = &[#(#signatures),*];
        }
    }
}

fn signature(contract: &Contract, method: &Method) -> TokenStream {
    let facade = &contract.facade;
    let cfgs = method.cfgs();
    let parameters = method
        .parameters
        .iter()
        .enumerate()
        .map(|(index, parameter)| {
            let optional = method.parameters[index..]
                .iter()
                .all(|later| is_option(&later.kind));
            let ty = match &parameter.kind {
                ParameterKind::Argument(ty) => ty.to_token_stream(),
                ParameterKind::Upload(item) if is_plain(item) => item.to_token_stream(),
                ParameterKind::Upload(item) => quote!(<#item as #facade::UploadItem>::Value),
            };
            quote!(#facade::ParameterSignature::new(#facade::TypeRef::of::<#ty>(), #optional))
        });
    let answer = method.answer.ty();
    let answer = match contract.role {
        Role::Hub { .. } if !is_plain(answer) => quote!(<#answer as #facade::Answer>::Value),
        _ => answer.to_token_stream(),
    };
    let errors = errors(facade, &method.answer);
    quote! {
        #(#cfgs)*
        #facade::MethodSignature::new(&[#(#parameters),*], #facade::TypeRef::of::<#answer>())
            #errors
    }
}

/// What the method and its stream may fail with, as a call on the signature; nothing where the
/// spelling tells that clients cannot tell anything apart.
fn errors(facade: &Facade, answer: &Answer) -> Option<TokenStream> {
    let mut errors = Vec::new();
    let mut add = |error: &Type| {
        if !is_hub_error(error) {
            errors.push(quote!(<#error as #facade::MethodError>::TYPED));
        }
    };
    if let Answer::FallibleStream(_, Some(error)) = answer {
        add(error);
    }
    let ty = answer.ty();
    match result(ty) {
        Some((_, Some(error))) => add(error),
        _ if is_named_result(ty) => errors.push(quote!(<#ty as #facade::Answer>::ERROR)),
        _ => {}
    }
    (!errors.is_empty()).then(|| quote!(.errors(&[#(#errors),*])))
}

fn is_named_result(ty: &Type) -> bool {
    let Type::Path(path) = ty else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|last| last.ident.to_string().ends_with("Result"))
}

/// Whether the argument may be missing if nothing follows that may not. An `Option` behind an
/// alias still may; TypeScript then asks for a `null` all the same.
fn is_option(kind: &ParameterKind) -> bool {
    let ParameterKind::Argument(Type::Path(path)) = kind else {
        return false;
    };
    path.path.segments.last().is_some_and(|last| {
        last.ident == "Option" && matches!(last.arguments, PathArguments::AngleBracketed(_))
    })
}
