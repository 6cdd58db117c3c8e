//! The trait as users implement it.

use crate::ast::{Answer, Contract, Member, Method, ParameterKind, Role};
use crate::fallback;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::visit_mut::VisitMut;
use syn::{FnArg, ReturnType, Signature, Type, TypeImplTrait};

/// Writes the trait: `async fn` as `impl Future + Send`, and what a hub provides.
pub(crate) fn expand(contract: &Contract) -> TokenStream {
    let Contract {
        attrs, vis, ident, ..
    } = contract;
    let members = contract.members.iter().map(|member| match member {
        Member::Method(method) => method_item(method),
        Member::Broken(item) => fallback::member(item),
    });
    let provided = match contract.role {
        Role::Hub { .. } => Some(provided(contract)),
        Role::Client => None,
    };
    quote! {
        #(#attrs)*
        #vis trait #ident: ::core::marker::Send + ::core::marker::Sync + 'static {
            #(#members)*
            #provided
        }
    }
}

fn method_item(method: &Method) -> TokenStream {
    let attrs = &method.attrs;
    let mut signature = method.signature.clone();
    bound_uploads(&mut signature, method);
    let answer = match &mut signature.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => {
            SendStreams.visit_type_mut(ty);
            ty.to_token_stream()
        }
    };
    let answer = if let Answer::Stream(_) = method.answer {
        answer
    } else {
        quote! {
            impl ::core::future::Future<Output = #answer> + ::core::marker::Send
        }
    };
    let Signature {
        fn_token,
        ident,
        inputs,
        ..
    } = &signature;
    quote! {
        #(#attrs)*
        #fn_token #ident(#inputs) -> #answer
        where
            Self: ::core::marker::Sized;
    }
}

/// An upload lives as long as its call, wherever that runs.
fn bound_uploads(signature: &mut Signature, method: &Method) {
    let skipped = usize::from(method.takes_context);
    let typed = signature.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(parameter) => Some(parameter),
        FnArg::Receiver(_) => None,
    });
    for (written, parameter) in typed.skip(skipped).zip(&method.parameters) {
        if let (ParameterKind::Upload(_), Type::ImplTrait(ty)) = (&parameter.kind, &mut *written.ty)
        {
            ty.bounds.push(syn::parse_quote!(::core::marker::Send));
            ty.bounds.push(syn::parse_quote!('static));
        }
    }
}

/// Adds `Send` to every `impl Stream` of an answer.
struct SendStreams;

impl VisitMut for SendStreams {
    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        ty.bounds.push(syn::parse_quote!(::core::marker::Send));
    }
}

fn provided(contract: &Contract) -> TokenStream {
    let Contract { facade, .. } = contract;
    let key = contract.key();
    quote! {
        /// Runs when a client has connected, before any of its calls.
        ///
        /// With an error the connection is closed.
        fn on_connected(
            &self,
            cx: &#facade::Context<#key>,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<(), #facade::HubError>,
        > + ::core::marker::Send
        where
            Self: ::core::marker::Sized,
        {
            let _ = cx;
            ::core::future::ready(::core::result::Result::Ok(()))
        }

        /// Runs when a client has refreshed its authentication: `cx.user()` is who its user is from
        /// now on. Calls run beside it.
        fn on_authentication_refreshed(
            &self,
            cx: &#facade::Context<#key>,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
        where
            Self: ::core::marker::Sized,
        {
            let _ = cx;
            ::core::future::ready(())
        }

        /// Runs once when a connection has ended, and says why it did.
        fn on_disconnected(
            &self,
            cx: &#facade::Context<#key>,
            reason: #facade::DisconnectReason,
        ) -> impl ::core::future::Future<Output = ()> + ::core::marker::Send
        where
            Self: ::core::marker::Sized,
        {
            let _ = (cx, reason);
            ::core::future::ready(())
        }
    }
}
