//! What of a contract shows on the wire, in one order, whatever the order of its declarations.

use crate::model::{
    Client, ClientAnswer, Declaration, Declarations, Hub, Method, MethodError, Parameter,
    ParameterKind,
};
use crate::syntax::{Member, Type};
use hub_core::contract::Revision;
use std::collections::BTreeMap;

/// A contract without its documentation and without its names in Rust and TypeScript, but for those of
/// parameters and types, which readers need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Description {
    pub(crate) hub: String,
    pub(crate) version: u32,
    /// By side and name.
    pub(crate) calls: BTreeMap<CallKey, Call>,
    /// By name.
    pub(crate) types: Types,
}

/// The named types of a contract.
pub(crate) type Types = BTreeMap<String, NamedType>;

/// How a call is found: by its side, and by its name in lower case, since neither the server nor the
/// clients that are generated look at case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallKey {
    pub(crate) side: Side,
    pub(crate) name: String,
}

/// Whom a call reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Server,
    Client,
}

/// A call in either direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    pub(crate) wire_name: String,
    /// In order; an upload is an `Upload<T>`.
    pub(crate) parameters: Vec<Member>,
    pub(crate) answer: Option<Type>,
    /// What clients can tell apart of its failures, by the names on the wire.
    pub(crate) errors: BTreeMap<String, Type>,
}

/// How a call is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A hub method that answers once.
    Method,
    /// A hub method that streams.
    Stream,
    /// A client's method whose end nobody waits for.
    Event,
    /// A client's method that the server waits for (SignalR's client result).
    Result,
}

/// A type that has a name in TypeScript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NamedType {
    /// The names of its parameters.
    pub(crate) parameters: Vec<String>,
    pub(crate) ty: Type,
}

/// The name that marks an upload; no type of the contract's own has it.
pub(crate) const UPLOAD: &str = "Upload";

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Method, Self::Stream, Self::Event, Self::Result];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Stream => "stream",
            Self::Event => "event",
            Self::Result => "result",
        }
    }

    pub(crate) fn side(self) -> Side {
        match self {
            Self::Method | Self::Stream => Side::Server,
            Self::Event | Self::Result => Side::Client,
        }
    }
}

impl Call {
    pub(crate) fn key(&self) -> CallKey {
        CallKey {
            side: self.kind.side(),
            name: self.wire_name.to_lowercase(),
        }
    }
}

impl Description {
    /// Describes a hub of the model, whose shared types stand beside it.
    pub(crate) fn of(hub: &Hub, shared: &Declarations) -> Self {
        let used = |name: &str| hub.shared.contains(name);
        let types = shared.types.iter().filter(|ty| used(&ty.name));
        let types = types.chain(&hub.own.types).map(named_type).collect();
        let client = hub.client.iter().flat_map(client_calls);
        let calls = hub.methods.iter().map(hub_call).chain(client);
        Self {
            hub: hub.name.clone(),
            version: hub.version,
            calls: calls.map(|call| (call.key(), call)).collect(),
            types,
        }
    }

    /// The version, and the fingerprint of everything.
    pub(crate) fn revision(&self) -> Revision {
        let mut text = format!("hub {}\nversion {}\n", self.hub, self.version);
        for line in self.lines() {
            text.push_str(&line);
            text.push('\n');
        }
        Revision::of(self.version, &text)
    }
}

fn hub_call(method: &Method) -> Call {
    Call {
        kind: if method.streams {
            Kind::Stream
        } else {
            Kind::Method
        },
        wire_name: method.wire_name.to_owned(),
        parameters: method.parameters.iter().map(parameter).collect(),
        answer: method.answer.as_ref().map(canonical),
        errors: method.errors.iter().map(error).collect(),
    }
}

fn error(error: &MethodError) -> (String, Type) {
    (error.wire_name.to_owned(), canonical(&error.ty))
}

fn client_calls(client: &Client) -> impl Iterator<Item = Call> {
    client.methods.iter().map(|method| Call {
        kind: match method.answer {
            ClientAnswer::Nothing => Kind::Event,
            ClientAnswer::Done | ClientAnswer::Value(_) => Kind::Result,
        },
        wire_name: method.wire_name.to_owned(),
        parameters: method.parameters.iter().map(parameter).collect(),
        answer: method.answer.ty().map(canonical),
        errors: BTreeMap::new(),
    })
}

fn parameter(parameter: &Parameter) -> Member {
    let ty = canonical(&parameter.ty);
    Member {
        docs: Vec::new(),
        name: parameter.name.clone(),
        optional: parameter.kind == ParameterKind::Optional,
        ty: match parameter.kind {
            ParameterKind::Upload => Type::Name {
                name: UPLOAD.to_owned(),
                arguments: vec![ty],
            },
            ParameterKind::Required | ParameterKind::Optional => ty,
        },
    }
}

fn named_type(declaration: &Declaration) -> (String, NamedType) {
    let ty = NamedType {
        parameters: parameter_names(&declaration.generics),
        ty: canonical(&declaration.ty),
    };
    (declaration.name.clone(), ty)
}

/// `<A, B = string>` → `A`, `B`.
pub(crate) fn parameter_names(generics: &str) -> Vec<String> {
    let inner = generics.trim_start_matches('<').trim_end_matches('>');
    let mut depth = 0_usize;
    let parts = inner.split(|letter| {
        match letter {
            '<' | '{' | '[' | '(' => depth += 1,
            '>' | '}' | ']' | ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == ',' && depth == 0
    });
    let names = parts.map(|part| part.split(['=', ' ']).find(|word| !word.is_empty()));
    names.flatten().map(str::to_owned).collect()
}

/// As it travels, whatever users hold in its place; without documentation, and with one order for all
/// that has none: members of objects, and operands.
pub(crate) fn canonical(ty: &Type) -> Type {
    let sorted = |types: &[Type]| {
        let mut types: Vec<_> = types.iter().map(canonical).collect();
        types.sort_by_cached_key(Type::to_string);
        types.dedup();
        types
    };
    match ty {
        Type::Object(members) => {
            let mut members: Vec<_> = members
                .iter()
                .map(|member| Member {
                    docs: Vec::new(),
                    ty: canonical(&member.ty),
                    ..member.clone()
                })
                .collect();
            members.sort_by(|a, b| a.name.cmp(&b.name));
            Type::Object(members)
        }
        Type::Union(types) => {
            let operands = types.iter().map(unmarked).flat_map(|ty| match ty {
                Type::Special(special) => match special.on_the_wire() {
                    Type::Union(forms) => forms,
                    form => vec![form],
                },
                ty => vec![ty.clone()],
            });
            Type::Union(sorted(&operands.collect::<Vec<_>>()))
        }
        Type::Special(special) => special.on_the_wire(),
        Type::Intersection(types) => Type::Intersection(sorted(types)),
        Type::Documented { ty, .. } => canonical(ty),
        Type::Verbatim(text) => {
            Type::Verbatim(text.split_whitespace().collect::<Vec<_>>().join(" "))
        }
        Type::Map { .. } | Type::Tuple(_) | Type::Name { .. } => ty.map_parts(canonical),
    }
}

/// Without the documentation of a variant.
fn unmarked(ty: &Type) -> &Type {
    match ty {
        Type::Documented { ty, .. } => unmarked(ty),
        ty => ty,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_documentation_do_not_count_where_the_wire_knows_none() {
        let parse = |text: &str| canonical(&Type::parse(text).unwrap()).to_string();
        assert_eq!(
            parse("{ b: null | A, \n/** B. */\na: [C, B], }"),
            parse("{ a: [C, B], b: A | null, }")
        );
        assert_ne!(parse("[C, B]"), parse("[B, C]"));
        assert_eq!(parse("(x:  A) =>\n A"), "(x: A) => A");
    }

    #[test]
    fn parameters_lose_their_defaults() {
        assert_eq!(parameter_names(""), Vec::<String>::new());
        assert_eq!(
            parameter_names("<A, B = Array<{ c: D, e: F }>, C = string>"),
            ["A", "B", "C"]
        );
    }
}
