//! The contracts with every type resolved to its TypeScript name, sorted, and free of clashes:
//! what the emitters print.

mod agree;
mod convert;
mod declare;
mod direct;
mod form;
mod resolve;
mod schema;
mod split_names;
mod tell_apart;
mod typescript;

pub(crate) use convert::{Conversion, MemberConversion};
pub(crate) use tell_apart::Test;

use crate::config::Choices;
use crate::contracts::Contract;
use crate::error::CodegenError;
use crate::lock::Description;
use crate::syntax::Type;
use crate::{names, text};
use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};

/// Everything one run prints.
#[derive(Debug)]
pub(crate) struct Model {
    /// By name.
    pub(crate) hubs: Vec<Hub>,
    /// What several hubs use, by name.
    pub(crate) shared: Declarations,
}

/// A `#[hub]` trait and what it alone uses.
#[derive(Debug)]
pub(crate) struct Hub {
    pub(crate) name: String,
    pub(crate) version: u32,
    /// What its client carries, so that the server knows of which contract it was made.
    pub(crate) revision: String,
    pub(crate) docs: Vec<String>,
    pub(crate) methods: Vec<Method>,
    /// `None` if the server calls nothing on its clients.
    pub(crate) client: Option<Client>,
    pub(crate) own: Declarations,
    /// The names of the shared declarations it uses, directly or not.
    pub(crate) shared: BTreeSet<String>,
}

/// Declarations of one file.
#[derive(Debug, Default)]
pub(crate) struct Declarations {
    pub(crate) clients: Vec<Client>,
    pub(crate) types: Vec<Declaration>,
}

/// A method of a hub.
#[derive(Debug)]
pub(crate) struct Method {
    pub(crate) name: String,
    pub(crate) rust_name: &'static str,
    pub(crate) wire_name: &'static str,
    pub(crate) docs: Vec<String>,
    pub(crate) streams: bool,
    pub(crate) parameters: Vec<Parameter>,
    /// `None` for nothing.
    pub(crate) answer: Option<Type>,
    /// From what is received to the answer, or to an item of it.
    pub(crate) conversion: Option<Conversion>,
    /// What clients can tell apart of its failures, each once.
    pub(crate) errors: Vec<MethodError>,
}

/// A `#[hub_error]` that a method may fail with.
#[derive(Debug, Clone)]
pub(crate) struct MethodError {
    /// Its name on the wire.
    pub(crate) wire_name: &'static str,
    pub(crate) ty: Type,
    /// From what is received.
    pub(crate) conversion: Option<Conversion>,
}

/// A parameter of a method.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) kind: ParameterKind,
    pub(crate) ty: Type,
    /// To what is sent, or from what is received by a client's method; of an item if it is an upload.
    pub(crate) conversion: Option<Conversion>,
}

/// How callers pass a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterKind {
    Required,
    Optional,
    Upload,
}

/// A `#[hub_client]` trait.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: TypeId,
    pub(crate) name: String,
    pub(crate) docs: Vec<String>,
    pub(crate) methods: Vec<ClientMethod>,
}

/// A method of a client.
#[derive(Debug, Clone)]
pub(crate) struct ClientMethod {
    pub(crate) name: String,
    pub(crate) rust_name: &'static str,
    pub(crate) wire_name: &'static str,
    pub(crate) docs: Vec<String>,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) answer: ClientAnswer,
    /// From the answer to what is sent.
    pub(crate) conversion: Option<Conversion>,
}

/// What the server hears when it called a client's method.
#[derive(Debug, Clone)]
pub(crate) enum ClientAnswer {
    Nothing,
    Done,
    Value(Type),
}

/// The declaration of a named type.
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    pub(crate) id: TypeId,
    /// The Rust path, for messages.
    pub(crate) rust_name: String,
    pub(crate) name: String,
    /// `<T>` of a generic type, or nothing.
    pub(crate) generics: String,
    pub(crate) docs: Vec<String>,
    pub(crate) ty: Type,
    /// The name on the wire of an error. Clients hold it as an `Error`, with the members of `ty`.
    pub(crate) error: Option<&'static str>,
    /// From what is received, if a call needs that.
    pub(crate) reader: Option<Conversion>,
    /// To what is sent, if a call needs that.
    pub(crate) writer: Option<Conversion>,
}

/// Which way a value travels. Serde may read a type in another form than it writes it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Direction {
    /// To the server.
    In,
    /// To the client.
    Out,
}

impl Direction {
    fn describe(self) -> &'static str {
        match self {
            Self::In => "what the server reads",
            Self::Out => "what the server writes",
        }
    }
}

impl Declaration {
    /// A type that has two declarations, one for each direction, has two names.
    fn key(&self) -> (TypeId, String) {
        (self.id, self.name.clone())
    }

    /// The names of a generic type's parameters.
    pub(crate) fn parameters(&self) -> Vec<String> {
        let inner = self.generics.trim_start_matches('<').trim_end_matches('>');
        let parameters = inner.split(',').map(|parameter| {
            let name = parameter.split('=').next().unwrap_or_default();
            name.trim().to_owned()
        });
        parameters.filter(|name| !name.is_empty()).collect()
    }
}

/// Tells places in the types of a run apart, which stay where they are as long as it lasts.
fn address<T>(place: &T) -> usize {
    std::ptr::from_ref(place) as usize
}

impl Model {
    /// Resolves the contracts, or says what stands in the way.
    pub(crate) fn new(contracts: &[Contract], choices: Choices) -> Result<Self, CodegenError> {
        let mut hubs = direct::hubs(contracts, choices)?;
        hubs.sort_by(|a, b| a.name.cmp(&b.name));
        names::check(contracts, &hubs, choices.dates)?;
        let shared = share(&mut hubs);
        for hub in &mut hubs {
            hub.revision = Description::of(hub, &shared).revision().to_string();
        }
        Ok(Self { hubs, shared })
    }
}

impl Hub {
    /// The file's name without its ending.
    pub(crate) fn module(&self) -> String {
        text::kebab_case(&self.name)
    }
}

impl Declarations {
    /// Those that are errors.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &Declaration> {
        self.types.iter().filter(|ty| ty.error.is_some())
    }
}

impl Client {
    fn key(&self) -> (TypeId, String) {
        (self.id, self.name.clone())
    }
}

impl ClientAnswer {
    /// The type of the value, if one is awaited.
    pub(crate) fn ty(&self) -> Option<&Type> {
        match self {
            Self::Value(ty) => Some(ty),
            Self::Nothing | Self::Done => None,
        }
    }
}

impl Method {
    /// The stream among the arguments, if any.
    pub(crate) fn upload(&self) -> Option<&Parameter> {
        self.parameters
            .iter()
            .find(|parameter| parameter.kind == ParameterKind::Upload)
    }
}

/// Moves what several hubs use out of them.
///
/// Whatever can be reached from a shared type is shared as well, so the shared file needs no
/// other.
fn share(hubs: &mut [Hub]) -> Declarations {
    let mut users = BTreeMap::<(TypeId, String), usize>::new();
    for hub in hubs.iter() {
        let clients = hub.own.clients.iter().map(Client::key);
        for key in clients.chain(hub.own.types.iter().map(Declaration::key)) {
            *users.entry(key).or_default() += 1;
        }
    }
    let is_shared = |key: (TypeId, String)| users.get(&key).is_some_and(|count| *count > 1);
    let mut shared = Declarations::default();
    for hub in hubs {
        for client in hub
            .own
            .clients
            .extract_if(.., |client| is_shared(client.key()))
        {
            hub.shared.insert(client.name.clone());
            if shared
                .clients
                .iter()
                .all(|known| known.key() != client.key())
            {
                shared.clients.push(client);
            }
        }
        for ty in hub.own.types.extract_if(.., |ty| is_shared(ty.key())) {
            hub.shared.insert(ty.name.clone());
            if shared.types.iter().all(|known| known.key() != ty.key()) {
                shared.types.push(ty);
            }
        }
    }
    shared.clients.sort_by(|a, b| a.name.cmp(&b.name));
    shared.types.sort_by(|a, b| a.name.cmp(&b.name));
    shared
}
