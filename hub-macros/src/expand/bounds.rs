//! The checks of the types that a user wrote: see `hub_core`'s `contract::claim` for the idea.

use crate::ast::{Answer, Contract, Facade, Method, ParameterKind, Role};
use crate::check::result;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote};
use std::collections::HashSet;
use syn::{GenericArgument, Generics, PathArguments, Type};

/// What the expansion claims of the user's types, and may rely upon.
pub(crate) struct Claims {
    facade: Facade,
    /// Where the types are written: the contract, or the `#[hub_type]`.
    owner: TokenStream,
    /// The parameters of the owner.
    generics: Generics,
    known: HashSet<(String, String)>,
    types: Vec<(Ident, Type)>,
}

impl Claims {
    /// No claims of `owner` yet.
    pub(crate) fn new(facade: Facade, owner: TokenStream, generics: Generics) -> Self {
        Self {
            facade,
            owner,
            generics,
            known: HashSet::new(),
            types: Vec::new(),
        }
    }

    /// What a contract claims of its types.
    pub(crate) fn of_contract(contract: &Contract) -> Self {
        let mut claims = Self::new(contract.facade.clone(), contract.key(), Generics::default());
        // A clause can't be written under a condition, so a conditional method goes without.
        for method in contract
            .methods()
            .filter(|method| method.cfgs().next().is_none())
        {
            claims.add_method(method, &contract.role);
        }
        claims
    }

    fn add_method(&mut self, method: &Method, role: &Role) {
        for parameter in &method.parameters {
            match &parameter.kind {
                ParameterKind::Argument(ty) => self.add("Travels", ty),
                ParameterKind::Upload(item) => self.add("Uploads", item),
            }
        }
        match (&method.answer, role) {
            (Answer::Value(ty), Role::Client) => self.add("Travels", ty),
            (Answer::Value(ty) | Answer::Stream(ty) | Answer::LateStream(ty), _) => {
                self.add_answer(ty);
            }
            (Answer::FallibleStream(item, error), _) => {
                self.add_answer(item);
                if let Some(error) = error {
                    self.add("Fails", error);
                }
            }
        }
    }

    fn add_answer(&mut self, ty: &Type) {
        match result(ty) {
            Some((value, Some(error))) => {
                self.add("Travels", value);
                self.add("Fails", error);
            }
            // What travels as an argument is an answer as well.
            _ if self.knows("Travels", ty) => {}
            _ => self.add("Answers", ty),
        }
    }

    /// Claims that `ty` keeps what `claim` stands for. Types that are known to are left out, and
    /// the same type is claimed once.
    pub(crate) fn add(&mut self, claim: &str, ty: &Type) {
        if is_plain(ty) || claim == "Fails" && is_hub_error(ty) {
            return;
        }
        if self.known.insert(spelling(claim, ty)) {
            self.types.push((format_ident!("{claim}"), ty.clone()));
        }
    }

    fn knows(&self, claim: &str, ty: &Type) -> bool {
        self.known.contains(&spelling(claim, ty))
    }

    /// The stand-in for a claimed type that the derive of its schema may name.
    pub(crate) fn described(&self, ty: &Type) -> Option<TokenStream> {
        let Self { facade, owner, .. } = self;
        let spelling = ty.to_token_stream().to_string();
        let same = |(_, known): &(Ident, Type)| known.to_token_stream().to_string() == spelling;
        let at = self.types.iter().position(same)?;
        Some(quote!(#facade::Described<#ty, #owner, #at>))
    }

    /// The clauses by which the rest of the expansion relies upon the claims.
    pub(crate) fn clauses(&self) -> impl Iterator<Item = TokenStream> {
        let Self { facade, owner, .. } = self;
        self.types.iter().enumerate().map(move |(at, (claim, ty))| {
            quote! {
                for<'written> <#ty as #facade::Written<'written>>::Type: #facade::#claim<#owner, #at>
            }
        })
    }

    /// The clauses as a `where`, or nothing.
    pub(crate) fn where_clause(&self) -> Option<TokenStream> {
        let clauses: Vec<_> = self.clauses().collect();
        (!clauses.is_empty()).then(|| quote!(where #(#clauses),*))
    }
}

impl ToTokens for Claims {
    /// The implementations, where rustc reports a claim that does not hold.
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            facade,
            owner,
            generics,
            ..
        } = self;
        let (parameters, _, clauses) = generics.split_for_impl();
        for (at, (claim, ty)) in self.types.iter().enumerate() {
            tokens.extend(quote! {
                #[automatically_derived]
                #[allow(deprecated)]
                impl #parameters #facade::#claim<#owner, #at> for #ty #clauses {}
            });
        }
    }
}

fn spelling(claim: &str, ty: &Type) -> (String, String) {
    (claim.to_owned(), ty.to_token_stream().to_string())
}

/// Whether the type is spelled like our own catch-all error.
pub(crate) fn is_hub_error(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.is_ident("HubError"))
}

/// Whether the type is spelled like one of those that surely travel, so that a check would only
/// cost time. A type of the user's under such a name is merely refused in plainer words.
pub(crate) fn is_plain(ty: &Type) -> bool {
    const PLAIN: [&str; 16] = [
        "Bytes", "String", "bool", "char", "f32", "f64", "i16", "i32", "i64", "i8", "isize", "u16",
        "u32", "u64", "u8", "usize",
    ];
    const AROUND: [&str; 3] = ["Box", "Option", "Vec"];
    match ty {
        Type::Tuple(tuple) => tuple.elems.len() <= 8 && tuple.elems.iter().all(is_plain),
        Type::Path(path) if path.qself.is_none() && path.path.segments.len() == 1 => {
            let only = &path.path.segments[0];
            match &only.arguments {
                PathArguments::None => PLAIN.iter().any(|name| only.ident == name),
                PathArguments::AngleBracketed(arguments) => AROUND
                    .iter()
                    .any(|name| only.ident == name)
                    && arguments.args.iter().all(
                        |argument| matches!(argument, GenericArgument::Type(ty) if is_plain(ty)),
                    ),
                PathArguments::Parenthesized(_) => false,
            }
        }
        _ => false,
    }
}
