//! AsyncAPI 3.0: the document of [`Documents::asyncapi`](super::Documents::asyncapi).

use super::messages::{Call, CallError, Calls, calls};
use super::schemas::Schemas;
use super::{DescribedHub, Documents, security};
use crate::contract::{Authorize, Revision};
use serde_json::{Map, Value, json};

/// Types of hub messages (wire specification, section 9).
const INVOCATION: u32 = 1;
const STREAM_ITEM: u32 = 2;
const COMPLETION: u32 = 3;
const STREAM_INVOCATION: u32 = 4;

pub(super) fn document(documents: &Documents) -> Value {
    let mut schemas = Schemas::new();
    let mut channels = Map::new();
    let mut operations = Map::new();
    for hub in &documents.hubs {
        let channel = channel(hub, &mut schemas, &mut operations);
        channels.insert(hub.hub.name.to_owned(), channel);
    }
    let mut document = json!({
        "asyncapi": "3.0.0",
        "info": { "title": documents.title, "version": documents.version_text() },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
    });
    let definitions = schemas.finish(&mut document, "#/components/schemas/");
    document["components"] = json!({ "schemas": definitions });
    if documents.hubs.iter().any(DescribedHub::asks_for_a_user) {
        document["components"]["securitySchemes"] =
            security::schemes(documents.session_cookie.as_deref());
    }
    draft_07(&mut document);
    document
}

/// AsyncAPI's own schemas are those of JSON Schema's draft 07, where tuples are written in another way.
fn draft_07(document: &mut Value) {
    match document {
        Value::Object(members) if members.contains_key("prefixItems") => {
            if let Some(items) = members.remove("prefixItems") {
                // What follows them, if anything may.
                if let Some(rest) = members.insert("items".to_owned(), items) {
                    members.insert("additionalItems".to_owned(), rest);
                }
            }
            draft_07(document);
        }
        // What stands beside a reference is not read there.
        Value::Object(members) if members.contains_key("$ref") && members.len() > 1 => {
            if let Some(reference) = members.remove("$ref") {
                members.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
            }
            members.values_mut().for_each(draft_07);
        }
        Value::Object(members) => members.values_mut().for_each(draft_07),
        Value::Array(items) => items.iter_mut().for_each(draft_07),
        _ => {}
    }
}

fn channel(
    hub: &DescribedHub,
    schemas: &mut Schemas,
    operations: &mut Map<String, Value>,
) -> Value {
    let mut channel = Channel {
        hub: hub.hub.name,
        messages: Map::new(),
        operations,
    };
    let Calls {
        to_server,
        to_client,
    } = calls(hub, schemas);
    for call in to_server {
        // The document speaks for the server: what clients send it receives.
        channel.operation("receive", call);
    }
    for call in to_client {
        channel.operation("send", call);
    }
    let mut described = json!({
        "address": hub.path,
        "title": hub.hub.name,
        "messages": channel.messages,
    });
    add_docs(&mut described, hub.hub.docs);
    add_requirements(&mut described, hub.hub.authorize);
    described
}

impl DescribedHub {
    fn asks_for_a_user(&self) -> bool {
        let of_methods = self.hub.methods.iter().map(|method| method.authorize);
        of_methods
            .chain([self.hub.authorize])
            .any(|it| !it.is_empty())
    }
}

/// A channel that is being described.
struct Channel<'a> {
    hub: &'static str,
    messages: Map<String, Value>,
    operations: &'a mut Map<String, Value>,
}

impl Channel<'_> {
    fn operation(&mut self, action: &str, call: Call) {
        let name = call.wire_name;
        let channel = json!({ "$ref": format!("#/channels/{}", self.hub) });
        let mut sent = vec![self.message(name.to_owned(), &invocation(&call))];
        let mut reply = Vec::new();
        for (at, item) in call.uploads.into_iter().enumerate() {
            let title = if at == 0 {
                "upload".to_owned()
            } else {
                format!("upload{at}")
            };
            sent.push(self.message(format!("{name}.{title}"), &stream_item(&item)));
        }
        if call.streams {
            let item = call
                .answer
                .clone()
                .unwrap_or_else(|| json!({ "type": "null" }));
            reply.push(self.message(format!("{name}.item"), &stream_item(&item)));
            reply.push(self.message(format!("{name}.completion"), &completion(None)));
        } else if call.is_awaited {
            let completion = completion(call.answer.as_ref());
            reply.push(self.message(format!("{name}.completion"), &completion));
        }
        for error in call.errors {
            reply.push(self.error(name, error));
        }
        let mut operation = json!({ "action": action, "channel": channel, "messages": sent });
        add_docs(&mut operation, call.docs);
        if add_requirements(&mut operation, &call.authorize) {
            operation["security"] = security::security();
        }
        if !reply.is_empty() {
            operation["reply"] = json!({ "channel": channel, "messages": reply });
        }
        self.operations
            .insert(format!("{}.{name}", self.hub), operation);
    }

    /// Adds a message; gives the reference to it.
    fn message(&mut self, name: String, payload: &Value) -> Value {
        self.add(name, json!({ "payload": payload }))
    }

    /// Adds the completion of a call that has failed with a typed error.
    fn error(&mut self, call: &str, error: CallError) -> Value {
        let CallError { name, schema } = error;
        let message = json!({
            "title": name,
            "summary": format!("The call has failed with `{name}`."),
            "description": format!(
                "Sent so to clients that have `{}` in their query. The last line of the text is `$error \
                 {name}` and, behind a space, the error as JSON. What stands before is a sentence for \
                 people, and all that others are sent.",
                Revision::KEY
            ),
            "payload": failure(name),
            // The error is a part of a text, which a schema cannot look into.
            "x-error": schema,
        });
        self.add(format!("{call}.error.{name}"), message)
    }

    fn add(&mut self, name: String, mut message: Value) -> Value {
        let reference = json!({ "$ref": format!("#/channels/{}/messages/{name}", self.hub) });
        message["name"] = name.as_str().into();
        self.messages.insert(name, message);
        reference
    }
}

fn invocation(call: &Call) -> Value {
    let kind = if call.streams {
        STREAM_INVOCATION
    } else {
        INVOCATION
    };
    let mut payload = json!({
        "type": "object",
        "properties": {
            "type": { "const": kind },
            "target": { "const": call.wire_name },
            "arguments": call.arguments,
            "invocationId": { "type": "string" },
        },
        "required": ["type", "target", "arguments"],
    });
    let streams = call.uploads.len();
    if streams > 0 {
        let ids = json!({ "type": "array", "items": { "type": "string" }, "minItems": streams, "maxItems": streams });
        payload["properties"]["streamIds"] = ids;
        add_required(&mut payload, "streamIds");
    }
    if call.streams {
        add_required(&mut payload, "invocationId");
    }
    payload
}

fn stream_item(item: &Value) -> Value {
    json!({
        "type": "object",
        "properties": {
            "type": { "const": STREAM_ITEM },
            "invocationId": { "type": "string" },
            "item": item,
        },
        "required": ["type", "invocationId", "item"],
    })
}

/// A result or an error; neither, where there is no result.
fn completion(result: Option<&Value>) -> Value {
    let mut payload = json!({
        "type": "object",
        "properties": {
            "type": { "const": COMPLETION },
            "invocationId": { "type": "string" },
            "error": { "type": "string" },
        },
        "required": ["type", "invocationId"],
    });
    if let Some(result) = result {
        payload["properties"]["result"] = result.clone();
    }
    payload
}

/// A completion with a typed error.
fn failure(name: &str) -> Value {
    let mut payload = completion(None);
    payload["properties"]["error"]["pattern"] = format!("\n\\$error {name} \\{{.*\\}}$").into();
    add_required(&mut payload, "error");
    payload
}

fn add_required(payload: &mut Value, name: &str) {
    if let Some(required) = payload["required"].as_array_mut() {
        required.push(name.into());
    }
}

/// The first line as a summary, and all of them if there are more.
fn add_docs(described: &mut Value, docs: &str) {
    let docs = docs.trim();
    let first = docs.lines().next().unwrap_or_default();
    if !first.is_empty() {
        described["summary"] = first.into();
    }
    if docs != first {
        described["description"] = docs.into();
    }
}

/// Says what is required of users, if anything is.
fn add_requirements(described: &mut Value, requirements: &[Authorize]) -> bool {
    let Some(words) = security::in_words(requirements) else {
        return false;
    };
    let docs = described.get("description").or(described.get("summary"));
    let description = match docs.and_then(Value::as_str) {
        Some(docs) => format!("{docs}\n\n{words}"),
        None => words,
    };
    described["description"] = description.into();
    true
}
