//! Schemas of both directions under one set of names.

use super::Documents;
use super::messages::{CallError, Calls, calls, titled};
use crate::contract::TypeRef;
use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Where references lead while both directions still have names of their own.
const READ: &str = "#/read/";
const WRITTEN: &str = "#/written/";

/// Collects the schemas that a document uses.
pub(super) struct Schemas {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let at = |path: &'static str| {
            SchemaSettings::draft2020_12().with(|settings| settings.definitions_path = path.into())
        };
        Self {
            read: at("/read").for_deserialize().into_generator(),
            written: at("/written").for_serialize().into_generator(),
        }
    }

    /// The schema of what the server reads.
    pub(super) fn read(&mut self, ty: TypeRef) -> Value {
        ty.schema(&mut self.read).to_value()
    }

    /// The schema of what the server writes.
    pub(super) fn written(&mut self, ty: TypeRef) -> Value {
        ty.schema(&mut self.written).to_value()
    }

    /// Points all references of the document below `path`, e.g. `#/$defs/`, and gives what they lead to.
    pub(super) fn finish(mut self, document: &mut Value, path: &str) -> Map<String, Value> {
        let read = self.read.take_definitions(true);
        let written = self.written.take_definitions(true);
        let split = split(&read, &written);
        let names = |name: &str, is_read: bool| {
            let suffix = if is_read && split.contains(name) {
                "Input"
            } else {
                ""
            };
            format!("{}{suffix}", plain(name))
        };
        let rewrite = |value: &mut Value| {
            references(value, &mut |target| {
                let (name, is_read) = match target.strip_prefix(READ) {
                    Some(name) => (name, true),
                    None => (target.strip_prefix(WRITTEN)?, false),
                };
                Some(format!("{path}{}", names(&decoded(name), is_read)))
            });
        };
        rewrite(document);
        let mut all = BTreeMap::new();
        for (definitions, is_read) in [(read, true), (written, false)] {
            for (name, mut schema) in definitions {
                rewrite(&mut schema);
                all.insert(names(&name, is_read), schema);
            }
        }
        all.into_iter().collect()
    }
}

/// The names of types that are read in another form than they are written, or that hold such types.
fn split(read: &Map<String, Value>, written: &Map<String, Value>) -> BTreeSet<String> {
    let mut split = BTreeSet::new();
    let mut users = BTreeMap::<String, BTreeSet<String>>::new();
    for (name, schema) in read {
        let (mut schema, mut other) = (schema.clone(), written.get(name).cloned());
        let mut used = BTreeSet::new();
        references(&mut schema, &mut |target| {
            let name = target.strip_prefix(READ)?;
            used.insert(decoded(name));
            Some(name.to_owned())
        });
        if let Some(other) = &mut other {
            references(other, &mut |target| {
                Some(target.strip_prefix(WRITTEN)?.to_owned())
            });
            if schema != *other {
                split.insert(name.clone());
            }
        }
        for used in used {
            users.entry(used).or_default().insert(name.clone());
        }
    }
    let mut unseen: Vec<_> = split.iter().cloned().collect();
    while let Some(name) = unseen.pop() {
        for user in users.get(&name).into_iter().flatten() {
            if written.contains_key(user) && split.insert(user.clone()) {
                unseen.push(user.clone());
            }
        }
    }
    split
}

/// Replaces the targets of references.
fn references(value: &mut Value, replace: &mut impl FnMut(&str) -> Option<String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(target) if key == "$ref" => {
                        if let Some(replaced) = replace(target) {
                            *target = replaced;
                        }
                    }
                    member => references(member, replace),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| references(item, replace)),
        _ => {}
    }
}

/// `~1` and `%…` stand for what a reference cannot hold.
fn decoded(name: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let [first, tail @ ..] = rest {
        let digits = tail.get(..2).and_then(|it| str::from_utf8(it).ok());
        let byte = digits.filter(|_| *first == b'%');
        let byte = byte.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    let text = String::from_utf8_lossy(&bytes);
    text.replace("~1", "/").replace("~0", "~")
}

/// A name as documents allow it.
fn plain(name: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    name.chars()
        .map(|letter| if plain(letter) { letter } else { '_' })
        .collect()
}

/// The document of [`Documents::json_schema`].
pub(super) fn document(documents: &Documents) -> Value {
    let mut schemas = Schemas::new();
    let mut methods = Map::new();
    for hub in &documents.hubs {
        let Calls {
            to_server,
            to_client,
        } = calls(hub, &mut schemas);
        for call in to_server.into_iter().chain(to_client) {
            let name = format!("{}.{}", hub.hub.name, call.wire_name);
            methods.insert(format!("{name}.arguments"), call.arguments);
            if let Some(answer) = call.answer {
                methods.insert(format!("{name}.answer"), answer);
            }
            if let Some(error) = any_of(call.errors) {
                methods.insert(format!("{name}.error"), error);
            }
            for (at, item) in call.uploads.into_iter().enumerate() {
                methods.insert(format!("{name}.upload{at}"), item);
            }
        }
    }
    let mut methods = Value::Object(methods);
    let mut definitions = schemas.finish(&mut methods, "#/$defs/");
    if let Value::Object(methods) = methods {
        definitions.extend(methods);
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": documents.title,
        "$defs": definitions,
    })
}

/// One of the errors, each titled with its name on the wire.
fn any_of(errors: Vec<CallError>) -> Option<Value> {
    let errors = errors.into_iter().map(|it| titled(it.schema, it.name));
    let mut errors: Vec<_> = errors.collect();
    match errors.len() {
        0 | 1 => errors.pop(),
        _ => Some(json!({ "anyOf": errors })),
    }
}
