//! `#[hub_error]`: the derives, the sentences, and the ways in and out.

use super::wire_type;
use crate::ast::{ErrorEnum, ErrorVariant, Sentence};
use crate::errors::Errors;
use crate::{attr, check, fallback};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Index, Item, LitStr, Member};

/// `#[hub_error]`.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape of an attribute macro"
)]
pub(crate) fn hub_error(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let facade = attr::hub_error(arguments, &mut errors).facade;
    let input: Result<DeriveInput, _> = syn::parse2(item.clone());
    let input = match input {
        Ok(input) => check::hub_error(facade, input, &mut errors).ok_or_else(check::no_enum),
        Err(_) if syn::parse2::<Item>(item.clone()).is_ok() => Err(check::no_enum()),
        Err(error) => Err(error),
    };
    let error = match input {
        Ok(error) => error,
        Err(mistake) => {
            errors.add(mistake);
            let errors = errors.into_tokens();
            return quote!(#item #errors);
        }
    };
    if errors.is_empty() {
        return expand(&error);
    }
    let mended = fallback::hub_error(&error);
    let errors = errors.into_tokens();
    quote!(#mended #errors)
}

fn expand(error: &ErrorEnum) -> TokenStream {
    let ErrorEnum {
        facade,
        input,
        variants,
    } = error;
    let shown = only_shown(error);
    let claims = wire_type::claims(facade, &shown);
    let bounds = wire_type::bounds(facade, &shown, &claims);
    let form = quote!(#[serde(tag = "code", content = "data")] #bounds);
    let derived = wire_type::derived(facade, input.clone(), &claims, &form);
    let ident = &input.ident;
    let name = LitStr::new(&ident.unraw().to_string(), ident.span());
    let display = display(error);
    let conversion = conversion(error);
    let ways_in = variants.iter().filter_map(|variant| from(error, variant));
    quote! {
        #derived
        const _: () = {
            #claims
            #[automatically_derived]
            impl #facade::TypedError for #ident {
                const NAME: &'static str = #name;
            }
            #display
            #conversion
            #(#ways_in)*
        };
    }
}

/// The enum as callers see it.
fn only_shown(error: &ErrorEnum) -> DeriveInput {
    let mut input = error.input.clone();
    if let Data::Enum(data) = &mut input.data {
        let variants = std::mem::take(&mut data.variants).into_iter();
        let shown = variants.zip(&error.variants).filter(|(_, it)| !it.hidden);
        data.variants = shown.map(|(variant, _)| variant).collect();
    }
    input
}

impl ErrorVariant {
    /// The field that a hidden variant stands for.
    fn passed_on(&self) -> Option<&Field> {
        let alone = self.hidden && self.sentence.is_none() && self.fields.len() == 1;
        self.fields.iter().next().filter(|_| alone)
    }
}

/// A name of the expansion's own, which no field of the user's can shadow.
fn own(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// How a field is named in a pattern.
fn member(fields: &Fields, place: usize) -> Member {
    let ident = fields.iter().nth(place).and_then(|it| it.ident.clone());
    ident.map_or_else(|| Member::Unnamed(Index::from(place)), Member::Named)
}

/// The texts.
fn display(error: &ErrorEnum) -> TokenStream {
    let (facade, ident) = (&error.facade, &error.input.ident);
    let f = own("f");
    let arms = error.variants.iter().map(|variant| {
        let (name, cfgs) = (&variant.ident, &variant.cfgs);
        let (pattern, text) = if let Some(sentence) = &variant.sentence {
            let format = &sentence.format;
            let bindings = bindings(&variant.fields, sentence);
            (
                quote!({ #bindings .. }),
                quote!(::core::write!(#f, #format)),
            )
        } else if let Some(field) = variant.passed_on() {
            let (member, source, ty) = (member(&variant.fields, 0), own("source"), &field.ty);
            // In the words of the conversion, so that a type that is no error is one error.
            let write = quote_spanned!(ty.span()=> <#ty as #facade::MethodError>::write_text);
            (quote!({ #member: #source }), quote!(#write(#source, #f)))
        } else {
            let text = name.unraw().to_string();
            (quote!({ .. }), quote!(#f.write_str(#text)))
        };
        quote!(#(#cfgs)* Self::#name #pattern => #text,)
    });
    quote! {
        #[automatically_derived]
        #[allow(non_shorthand_field_patterns)]
        impl ::core::fmt::Display for #ident {
            fn fmt(&self, #f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                match self { #(#arms)* }
            }
        }
    }
}

/// The fields that a text shows, under the names that it uses and where it looks for them.
fn bindings(fields: &Fields, sentence: &Sentence) -> TokenStream {
    let bindings = sentence.shown.iter().map(|place| {
        let member = member(fields, *place);
        let mut binding = match &member {
            Member::Named(ident) => ident.clone(),
            Member::Unnamed(index) => Ident::new(&format!("_{}", index.index), Span::call_site()),
        };
        binding.set_span(sentence.format.span());
        quote!(#member: #binding,)
    });
    quote!(#(#bindings)*)
}

/// The way to the caller: what is hidden goes as any other error does.
fn conversion(error: &ErrorEnum) -> TokenStream {
    let ErrorEnum {
        facade,
        input,
        variants,
    } = error;
    let ident = &input.ident;
    let name = ident.unraw().to_string();
    let (value, source) = (own("value"), own("source"));
    let hidden = variants.iter().filter(|variant| variant.hidden).map(|variant| {
        let (variant_name, cfgs) = (&variant.ident, &variant.cfgs);
        if let Some(field) = variant.passed_on() {
            let (member, ty) = (member(&variant.fields, 0), &field.ty);
            let convert = quote_spanned!(ty.span()=> <#ty as #facade::MethodError>::into_hub_error);
            quote! {
                #(#cfgs)*
                #ident::#variant_name { #member: #source } => #convert(#source).hidden(),
            }
        } else {
            quote! {
                #(#cfgs)*
                #value @ #ident::#variant_name { .. } => {
                    #facade::HubError::internal(#name, ::std::string::ToString::to_string(&#value))
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl ::core::convert::From<#ident> for #facade::HubError {
            fn from(#value: #ident) -> Self {
                #[allow(unreachable_patterns)]
                match #value {
                    #(#hidden)*
                    #value => #facade::HubError::typed(#value),
                }
            }
        }
        #[automatically_derived]
        impl #facade::MethodError for #ident {
            const TYPED: ::core::option::Option<#facade::ErrorSignature> =
                ::core::option::Option::Some(#facade::ErrorSignature::of::<Self>());

            fn into_hub_error(self) -> #facade::HubError {
                ::core::convert::From::from(self)
            }

            fn write_text(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self, f)
            }
        }
    }
}

/// The way from the error that a variant holds.
fn from(error: &ErrorEnum, variant: &ErrorVariant) -> Option<TokenStream> {
    let ty = variant.from.as_ref()?;
    let (ident, name, cfgs) = (&error.input.ident, &variant.ident, &variant.cfgs);
    let (member, source) = (member(&variant.fields, 0), own("source"));
    Some(quote! {
        #(#cfgs)*
        #[automatically_derived]
        impl ::core::convert::From<#ty> for #ident {
            fn from(#source: #ty) -> Self {
                Self::#name { #member: #source }
            }
        }
    })
}
