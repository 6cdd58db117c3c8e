//! The ways into a user's methods: one entry each, which decodes, calls and hands the answer over.

use super::bounds::Claims;
use super::describe::constant;
use crate::ast::{Answer, Contract, Method, ParameterKind};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// `Serve` for every implementor of the contract.
pub(crate) fn expand(contract: &Contract, claims: &Claims) -> TokenStream {
    let Contract { facade, ident, .. } = contract;
    let key = contract.key();
    let clauses = claims.where_clause();
    let rows = contract.methods().enumerate().map(|(index, method)| {
        let cfgs = method.cfgs();
        let constant = constant(index);
        let entry = entry(contract, method);
        quote! {
            #(#cfgs)*
            #facade::Method::new(&#constant, #entry)
        }
    });
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl<__Hub: #ident> #facade::Serve<__Hub> for #key #clauses {
            const METHODS: &'static [#facade::Method<__Hub>] = &[#(#rows),*];

            fn on_connected(
                hub: &__Hub,
                cx: &#facade::Context<Self>,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<(), #facade::HubError>,
            > + ::core::marker::Send {
                <__Hub as #ident>::on_connected(hub, cx)
            }

            fn on_authentication_refreshed(
                hub: &__Hub,
                cx: &#facade::Context<Self>,
            ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
                <__Hub as #ident>::on_authentication_refreshed(hub, cx)
            }

            fn on_disconnected(
                hub: &__Hub,
                cx: &#facade::Context<Self>,
                reason: #facade::DisconnectReason,
            ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send {
                <__Hub as #ident>::on_disconnected(hub, cx, reason)
            }
        }
    }
}

/// Names of the entry's own, which no parameter of the user's can shadow.
fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

fn entry(contract: &Contract, method: &Method) -> TokenStream {
    let Contract {
        facade,
        ident: contract_ident,
        ..
    } = contract;
    let key = contract.key();
    let (hub, call, context, reply) = (own("hub"), own("call"), own("context"), own("reply"));
    let decode = decode(contract, method, &call);
    let takes_upload = method
        .parameters
        .iter()
        .any(|parameter| matches!(parameter.kind, ParameterKind::Upload(_)));
    let mutability = takes_upload.then(|| quote!(mut));
    let passed_context = method.takes_context.then(|| quote!(&#context,));
    let names = method.parameters.iter().map(|parameter| &parameter.ident);
    let ident = method.ident();
    let invoked = quote! {
        <__Hub as #contract_ident>::#ident(&#hub, #passed_context #(#names),*)
    };
    let answer = match &method.answer {
        Answer::Value(_) => quote!(#reply.answer(#invoked.await)),
        Answer::Stream(_) => quote!(#reply.forward(&#context, #invoked).await),
        Answer::LateStream(_) => quote!(#reply.forward(&#context, #invoked.await).await),
        Answer::FallibleStream(..) => {
            let (stream, error) = (own("stream"), own("error"));
            quote! {
                match #invoked.await {
                    ::core::result::Result::Ok(#stream) => {
                        #reply.forward(&#context, #stream).await
                    }
                    ::core::result::Result::Err(#error) => {
                        #reply.fail(#facade::MethodError::into_hub_error(#error))
                    }
                }
            }
        }
    };
    let needs_context = method.takes_context || !matches!(method.answer, Answer::Value(_));
    let taken = if needs_context {
        quote!(let (#context, #reply) = #call.into_parts::<#key>();)
    } else {
        quote!(let #reply = #call.into_reply();)
    };
    quote! {
        |#hub, #mutability #call| {
            #decode
            let #hub = ::std::sync::Arc::clone(#hub);
            #taken
            ::core::result::Result::Ok(::std::boxed::Box::pin(async move { #answer }))
        }
    }
}

fn decode(contract: &Contract, method: &Method, call: &Ident) -> TokenStream {
    let facade = &contract.facade;
    let (names, types): (Vec<_>, Vec<_>) = method.arguments().unzip();
    let arguments = if names.is_empty() {
        quote!(#call.arguments::<()>()?;)
    } else {
        quote!(let (#(#names,)*) = #call.arguments::<(#(#types,)*)>()?;)
    };
    let uploads = method
        .parameters
        .iter()
        .filter_map(|parameter| match &parameter.kind {
            ParameterKind::Upload(item) => {
                let name = &parameter.ident;
                Some(quote!(let #name: #facade::Upload<#item> = #call.upload();))
            }
            ParameterKind::Argument(_) => None,
        });
    quote!(#arguments #(#uploads)*)
}
