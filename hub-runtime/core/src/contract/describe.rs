use super::{Authorize, TypeRef};
use crate::error::ErrorSignature;

/// A `#[hub]` trait as data.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct HubDescription {
    /// The trait's name, e.g. `ChatHub`.
    pub name: &'static str,
    /// The trait's documentation, lines joined by `\n`.
    pub docs: &'static str,
    /// The module that declares the trait, for messages about clashes.
    pub module: &'static str,
    /// The methods, in the order of the trait.
    pub methods: &'static [HubMethodDescription],
    /// What every request of a connection has to fulfil; all of it.
    pub authorize: &'static [Authorize],
    /// The version of the contract, from 1. A higher one says that clients of the lower ones can no
    /// longer be served.
    pub version: u32,
}

impl HubDescription {
    /// Used by the macros.
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        docs: &'static str,
        module: &'static str,
        methods: &'static [HubMethodDescription],
    ) -> Self {
        Self {
            name,
            docs,
            module,
            methods,
            authorize: &[],
            version: 1,
        }
    }

    /// Used by the macros.
    #[doc(hidden)]
    #[must_use]
    pub const fn authorize(mut self, requirements: &'static [Authorize]) -> Self {
        self.authorize = requirements;
        self
    }

    /// Used by the macros.
    #[doc(hidden)]
    #[must_use]
    pub const fn version(mut self, version: u32) -> Self {
        self.version = version;
        self
    }
}

/// One method of a `#[hub]` trait.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct HubMethodDescription {
    /// The name on the wire, e.g. `SendMessage`. Looked up ignoring case.
    pub wire_name: &'static str,
    /// The name in Rust, e.g. `send_message`.
    pub rust_name: &'static str,
    /// The method's documentation, lines joined by `\n`.
    pub docs: &'static str,
    /// Whether it answers once or with a stream.
    pub kind: MethodKind,
    /// The parameters on the wire, in order; uploads stand among them.
    pub parameters: &'static [ParameterDescription],
    /// What its callers have to fulfil; all of it.
    pub authorize: &'static [Authorize],
}

impl HubMethodDescription {
    /// Used by the macros.
    #[doc(hidden)]
    pub const fn new(
        wire_name: &'static str,
        rust_name: &'static str,
        docs: &'static str,
        kind: MethodKind,
        parameters: &'static [ParameterDescription],
    ) -> Self {
        Self {
            wire_name,
            rust_name,
            docs,
            kind,
            parameters,
            authorize: &[],
        }
    }

    /// Used by the macros.
    #[doc(hidden)]
    #[must_use]
    pub const fn authorize(mut self, requirements: &'static [Authorize]) -> Self {
        self.authorize = requirements;
        self
    }

    /// How many streams a caller has to name in `streamIds`.
    pub fn uploads(&self) -> usize {
        self.parameters
            .iter()
            .filter(|parameter| parameter.upload)
            .count()
    }
}

/// How a hub method answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum MethodKind {
    /// One completion.
    Invocation,
    /// A stream of items, then a completion.
    Stream,
}

/// A parameter of a hub or client method.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ParameterDescription {
    /// The name in Rust.
    pub name: &'static str,
    /// Whether the argument is a stream that the client sends.
    pub upload: bool,
}

impl ParameterDescription {
    /// Used by the macros.
    #[doc(hidden)]
    pub const fn new(name: &'static str, upload: bool) -> Self {
        Self { name, upload }
    }
}

/// A `#[hub_client]` trait as data.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ClientDescription {
    /// The trait's name, e.g. `ChatClient`.
    pub name: &'static str,
    /// The trait's documentation, lines joined by `\n`.
    pub docs: &'static str,
    /// The module that declares the trait, for messages about clashes.
    pub module: &'static str,
    /// The methods, in the order of the trait.
    pub methods: &'static [ClientMethodDescription],
}

impl ClientDescription {
    /// Used by the macros.
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        docs: &'static str,
        module: &'static str,
        methods: &'static [ClientMethodDescription],
    ) -> Self {
        Self {
            name,
            docs,
            module,
            methods,
        }
    }
}

/// One method of a `#[hub_client]` trait.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ClientMethodDescription {
    /// The name on the wire, e.g. `ReceiveMessage`. One exact spelling: .NET, Java and Swift
    /// clients compare it case-sensitively.
    pub wire_name: &'static str,
    /// The name in Rust, e.g. `receive_message`.
    pub rust_name: &'static str,
    /// The method's documentation, lines joined by `\n`.
    pub docs: &'static str,
    /// Whether the server waits for an answer (SignalR's client result).
    pub has_result: bool,
    /// The parameters on the wire, in order.
    pub parameters: &'static [ParameterDescription],
}

impl ClientMethodDescription {
    /// Used by the macros.
    #[doc(hidden)]
    pub const fn new(
        wire_name: &'static str,
        rust_name: &'static str,
        docs: &'static str,
        has_result: bool,
        parameters: &'static [ParameterDescription],
    ) -> Self {
        Self {
            wire_name,
            rust_name,
            docs,
            has_result,
            parameters,
        }
    }
}

/// The types of one method, for whoever writes another language.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct MethodSignature {
    /// Parallel to the description's parameters.
    pub parameters: &'static [ParameterSignature],
    /// What the method answers with, or what its stream yields; `()` for nothing.
    pub answer: TypeRef,
    /// What clients can tell apart of its failures. One and the same may stand here twice: for the
    /// method itself, and for its stream.
    pub errors: &'static [Option<ErrorSignature>],
}

impl MethodSignature {
    /// Used by the macros.
    #[doc(hidden)]
    pub const fn new(parameters: &'static [ParameterSignature], answer: TypeRef) -> Self {
        Self {
            parameters,
            answer,
            errors: &[],
        }
    }

    /// Used by the macros.
    #[doc(hidden)]
    #[must_use]
    pub const fn errors(mut self, errors: &'static [Option<ErrorSignature>]) -> Self {
        self.errors = errors;
        self
    }
}

/// The type of one parameter.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ParameterSignature {
    /// The argument's type; for an upload the type of its items.
    pub ty: TypeRef,
    /// Whether callers may leave it out: it is an `Option`, and so is everything after it.
    pub optional: bool,
}

impl ParameterSignature {
    /// Used by the macros.
    #[doc(hidden)]
    pub const fn new(ty: TypeRef, optional: bool) -> Self {
        Self { ty, optional }
    }
}
