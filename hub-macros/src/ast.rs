//! The model of a contract: what is left to say once every rule holds.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::{
    Attribute, DeriveInput, Expr, Fields, LitInt, LitStr, PatType, Path, Signature, TraitItem,
    Type, Visibility,
};

/// Where the expansion finds the runtime's private module.
#[derive(Clone)]
pub(crate) struct Facade(pub(crate) Path);

impl Default for Facade {
    fn default() -> Self {
        Self(syn::parse_quote!(::hub_runtime))
    }
}

impl ToTokens for Facade {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let path = &self.0;
        tokens.extend(quote!(#path::__private));
    }
}

impl Facade {
    /// The path of an item of the private module as text, for attributes that want it so.
    pub(crate) fn text(&self, item: &str) -> String {
        let path = self.to_token_stream().to_string().replace(' ', "");
        format!("{path}::{item}")
    }
}

/// A `#[hub]` or a `#[hub_client]` trait.
pub(crate) struct Contract {
    pub(crate) role: Role,
    pub(crate) facade: Facade,
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    /// What `#[authorize]` asks of whoever connects.
    pub(crate) authorize: Vec<Requirement>,
    /// In the order of the trait.
    pub(crate) members: Vec<Member>,
}

/// Who calls whom.
pub(crate) enum Role {
    /// Clients call the server, which may call them back through this trait.
    Hub {
        client: Option<Path>,
        /// What `version = …` says.
        version: Option<LitInt>,
    },
    /// The server calls clients.
    Client,
}

/// An `#[authorize]`.
#[derive(Default)]
pub(crate) struct Requirement {
    /// One of them is required, if there are any.
    pub(crate) roles: Vec<LitStr>,
    /// A text, or the path of a constant.
    pub(crate) policy: Option<Expr>,
}

/// A member of the trait.
#[expect(clippy::large_enum_variant, reason = "there is one for each method")]
pub(crate) enum Member {
    /// A method that keeps the rules, or that could be mended.
    Method(Method),
    /// A member with a mistake, of which the expansion says no more than that it exists.
    Broken(TraitItem),
}

/// A method that can be called over the wire.
pub(crate) struct Method {
    pub(crate) attrs: Vec<Attribute>,
    /// As the user wrote it.
    pub(crate) signature: Signature,
    pub(crate) wire_name: LitStr,
    /// What `#[authorize]` asks of whoever calls it.
    pub(crate) authorize: Vec<Requirement>,
    /// Whether the first parameter is `cx`.
    pub(crate) takes_context: bool,
    /// The others, in order.
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) answer: Answer,
}

/// A parameter whose value comes over the wire.
pub(crate) struct Parameter {
    /// As the user wrote it.
    pub(crate) written: PatType,
    pub(crate) ident: Ident,
    pub(crate) kind: ParameterKind,
}

/// How the value of a parameter comes over the wire.
pub(crate) enum ParameterKind {
    /// As an argument of this type.
    Argument(Type),
    /// As a stream of such items.
    Upload(Type),
}

/// How a method answers.
#[expect(clippy::large_enum_variant, reason = "there is one for each method")]
pub(crate) enum Answer {
    /// `async fn … -> T`.
    Value(Type),
    /// `fn … -> impl Stream<Item = T>`.
    Stream(Type),
    /// `async fn … -> impl Stream<Item = T>`.
    LateStream(Type),
    /// `async fn … -> Result<impl Stream<Item = T>, E>`.
    FallibleStream(Type, Option<Type>),
}

/// A `#[hub_error]` enum.
pub(crate) struct ErrorEnum {
    pub(crate) facade: Facade,
    /// As the user wrote it, without our own attributes.
    pub(crate) input: DeriveInput,
    /// The variants of `input`, in order.
    pub(crate) variants: Vec<ErrorVariant>,
}

/// A way to fail.
pub(crate) struct ErrorVariant {
    pub(crate) ident: Ident,
    /// The `#[cfg(…)]` attributes.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) fields: Fields,
    /// Whether callers are not told of it.
    pub(crate) hidden: bool,
    /// `None` if it is hidden, and the log reads its only field or its name.
    pub(crate) sentence: Option<Sentence>,
    /// The type of the only field, if `?` makes the variant of it.
    pub(crate) from: Option<Type>,
}

/// A text with the values of fields in it.
pub(crate) struct Sentence {
    /// For `write!`; the fields of tuples are called `_0`.
    pub(crate) format: LitStr,
    /// The fields that it shows, by their places.
    pub(crate) shown: Vec<usize>,
}

impl Contract {
    /// The type that names the contract.
    pub(crate) fn key(&self) -> TokenStream {
        let ident = &self.ident;
        quote!(dyn #ident)
    }

    /// The methods that can be called.
    pub(crate) fn methods(&self) -> impl Iterator<Item = &Method> {
        self.members.iter().filter_map(|member| match member {
            Member::Method(method) => Some(method),
            Member::Broken(_) => None,
        })
    }
}

impl Answer {
    /// The type of the value or of the items.
    pub(crate) fn ty(&self) -> &Type {
        match self {
            Self::Value(ty)
            | Self::Stream(ty)
            | Self::LateStream(ty)
            | Self::FallibleStream(ty, _) => ty,
        }
    }
}

impl Method {
    pub(crate) fn ident(&self) -> &Ident {
        &self.signature.ident
    }

    /// The `#[cfg(…)]` attributes, which everything written for the method repeats.
    pub(crate) fn cfgs(&self) -> impl Iterator<Item = &Attribute> + Clone {
        self.attrs.iter().filter(|attr| is_cfg(attr))
    }

    /// The parameters that are arguments, with their types.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = (&Ident, &Type)> {
        self.parameters
            .iter()
            .filter_map(|parameter| match &parameter.kind {
                ParameterKind::Argument(ty) => Some((&parameter.ident, ty)),
                ParameterKind::Upload(_) => None,
            })
    }

    /// Whether a client is asked for a result.
    pub(crate) fn has_result(&self) -> bool {
        !matches!(&self.answer, Answer::Value(ty) if is_unit(ty))
    }
}

/// Whether the attribute decides about the existence of what it stands on.
pub(crate) fn is_cfg(attr: &Attribute) -> bool {
    attr.path().is_ident("cfg") || attr.path().is_ident("cfg_attr")
}

/// Whether the type is spelled `()`.
pub(crate) fn is_unit(ty: &Type) -> bool {
    matches!(ty, Type::Tuple(tuple) if tuple.elems.is_empty())
}
