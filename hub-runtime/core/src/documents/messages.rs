//! The calls of a hub in both directions, with the schemas of what they carry.

use super::DescribedHub;
use super::schemas::Schemas;
use crate::contract::{Authorize, MethodKind, MethodSignature, ParameterDescription, TypeRef};
use serde_json::{Map, Value, json};

/// Everything that can be called over one hub.
pub(super) struct Calls {
    pub(super) to_server: Vec<Call>,
    pub(super) to_client: Vec<Call>,
}

/// A call, and the schemas of what goes with it.
pub(super) struct Call {
    pub(super) wire_name: &'static str,
    pub(super) docs: &'static str,
    pub(super) streams: bool,
    /// The array of arguments, without uploads.
    pub(super) arguments: Value,
    /// The items of each upload.
    pub(super) uploads: Vec<Value>,
    /// Whether somebody waits for the end.
    pub(super) is_awaited: bool,
    /// The value that is answered, or each item of the stream.
    pub(super) answer: Option<Value>,
    /// What clients can tell apart of its failures, each once.
    pub(super) errors: Vec<CallError>,
    /// What is asked of the connection's user: by the hub, and by the method.
    pub(super) authorize: Vec<Authorize>,
}

/// A `#[hub_error]` that a call may fail with.
#[derive(Clone)]
pub(super) struct CallError {
    /// Its name on the wire.
    pub(super) name: &'static str,
    /// Its code and data.
    pub(super) schema: Value,
}

/// Which side reads.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reader {
    Server,
    Client,
}

impl Reader {
    fn schema(self, ty: TypeRef, schemas: &mut Schemas) -> Value {
        match self {
            Self::Server => schemas.read(ty),
            Self::Client => schemas.written(ty),
        }
    }

    fn answers(self, ty: TypeRef, schemas: &mut Schemas) -> Option<Value> {
        if ty.rust_name() == std::any::type_name::<()>() {
            return None;
        }
        let other = match self {
            Self::Server => Self::Client,
            Self::Client => Self::Server,
        };
        Some(other.schema(ty, schemas))
    }
}

/// Describes all calls, in the order of their traits.
pub(super) fn calls(hub: &DescribedHub, schemas: &mut Schemas) -> Calls {
    let methods = hub.hub.methods.iter().zip(hub.hub_signatures);
    let to_server = methods.map(|(method, signature)| {
        let (arguments, uploads) = arguments(Reader::Server, method.parameters, signature, schemas);
        Call {
            wire_name: method.wire_name,
            docs: method.docs,
            streams: method.kind == MethodKind::Stream,
            arguments,
            uploads,
            is_awaited: true,
            answer: Reader::Server.answers(signature.answer, schemas),
            errors: errors(signature, schemas),
            authorize: [hub.hub.authorize, method.authorize].concat(),
        }
    });
    let to_server = to_server.collect();
    let methods = hub.client.methods.iter().zip(hub.client_signatures);
    let to_client = methods.map(|(method, signature)| {
        let (arguments, uploads) = arguments(Reader::Client, method.parameters, signature, schemas);
        let answer = Reader::Client.answers(signature.answer, schemas);
        Call {
            wire_name: method.wire_name,
            docs: method.docs,
            streams: false,
            arguments,
            uploads,
            is_awaited: method.has_result,
            answer: answer.filter(|_| method.has_result),
            errors: Vec::new(),
            authorize: hub.hub.authorize.to_vec(),
        }
    });
    Calls {
        to_client: to_client.collect(),
        to_server,
    }
}

fn errors(signature: &MethodSignature, schemas: &mut Schemas) -> Vec<CallError> {
    let mut errors: Vec<CallError> = Vec::new();
    for error in signature.errors.iter().flatten() {
        if errors.iter().all(|known| known.name != error.name) {
            errors.push(CallError {
                name: error.name,
                schema: schemas.written(error.ty),
            });
        }
    }
    errors
}

/// The array of arguments, and the items of uploads, which stand for no argument.
fn arguments(
    reader: Reader,
    parameters: &[ParameterDescription],
    signature: &MethodSignature,
    schemas: &mut Schemas,
) -> (Value, Vec<Value>) {
    let (mut items, mut uploads, mut needed) = (Vec::new(), Vec::new(), 0);
    for (parameter, signature) in parameters.iter().zip(signature.parameters) {
        let schema = reader.schema(signature.ty, schemas);
        if parameter.upload {
            uploads.push(schema);
            continue;
        }
        items.push(titled(schema, parameter.name));
        if !signature.optional {
            needed = items.len();
        }
    }
    let most = items.len();
    let mut array = json!({ "type": "array", "minItems": needed, "maxItems": most });
    if !items.is_empty() {
        array["prefixItems"] = Value::Array(items);
    }
    (array, uploads)
}

/// A schema with a title; one that is only a reference keeps it beside that.
pub(super) fn titled(schema: Value, title: &str) -> Value {
    let mut members = match schema {
        Value::Object(members) => members,
        // `true` allows everything.
        _ => Map::new(),
    };
    if members.contains_key("$ref") {
        let reference = Value::Object(members);
        return json!({ "title": title, "allOf": [reference] });
    }
    members.insert("title".to_owned(), title.into());
    Value::Object(members)
}
