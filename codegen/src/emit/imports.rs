//! The imports of a hub's file: exactly what the file uses, or strict compilers complain.

use super::types;
use super::values::{self, Functions};
use crate::model::{Client, Hub, Method, ParameterKind};
use crate::syntax::Type;
use crate::text::Writer;
use std::collections::BTreeSet;

/// Where the conversions of bytes and dates are.
pub(super) const VALUES: &str = "./hub-values.js";

pub(super) fn imports(w: &mut Writer, hub: &Hub, functions: &Functions) {
    names(w, "import", &support_functions(hub), "./hub-runtime.js");
    names(w, "import type", &support_types(hub), "./hub-runtime.js");
    let helpers: Vec<_> = value_functions(hub, functions).into_iter().collect();
    names(w, "import", &helpers, VALUES);
    let called = values::called(values::of_hub(hub)).into_iter();
    let called = called.filter(|(name, _)| hub.shared.contains(name));
    let called: Vec<_> = called
        .map(|(name, direction)| functions.name(&name, direction))
        .collect();
    let called: Vec<_> = called.iter().map(String::as_str).collect();
    names(w, "import", &called, "./types.js");
    let mut exported: BTreeSet<_> = hub.shared.iter().cloned().collect();
    let mut used = mentions(hub);
    if let Some(client) = shared_client(hub) {
        used.insert(client.name.clone());
        if types::events(client).next().is_some() {
            used.insert(types::event_type(client));
            exported.insert(types::event_type(client));
        }
    }
    let imported: Vec<_> = exported.intersection(&used).map(String::as_str).collect();
    names(w, "import type", &imported, "./types.js");
    if !exported.is_empty() {
        w.line("");
        let exported: Vec<_> = exported.iter().map(String::as_str).collect();
        names(w, "export type", &exported, "./types.js");
    }
    let guards: Vec<_> = shared_errors(hub).map(types::guard).collect();
    let guards: Vec<_> = guards.iter().map(String::as_str).collect();
    names(w, "export", &guards, "./types.js");
    w.line("");
}

/// The errors of the hub that stand in the shared file.
fn shared_errors(hub: &Hub) -> impl Iterator<Item = &str> {
    let errors = hub.methods.iter().flat_map(|method| &method.errors);
    let names = errors.filter_map(|error| match &error.ty {
        Type::Name { name, .. } => Some(name),
        _ => None,
    });
    let names: BTreeSet<_> = names.filter(|name| hub.shared.contains(*name)).collect();
    names.into_iter().map(String::as_str)
}

/// What the file calls of `hub-values.ts`.
fn value_functions(hub: &Hub, functions: &Functions) -> BTreeSet<&'static str> {
    let mut names = values::helpers(values::of_hub(hub));
    for method in &hub.methods {
        let errors = functions.errors(method).is_some();
        if method.streams && (errors || method.conversion.is_some()) {
            names.insert("receivedItems");
        }
        if !method.streams && errors {
            names.insert("receivedError");
        }
    }
    names
}

/// `import { a, b } from "…";`; nothing for no names.
pub(super) fn names(w: &mut Writer, keyword: &str, names: &[&str], module: &str) {
    let line = format!("{keyword} {{ {} }} from \"{module}\";", names.join(", "));
    if names.is_empty() {
        // An empty import would still load the module.
    } else if w.fits(&line) {
        w.line(line);
    } else {
        w.block(
            &format!("{keyword} {{"),
            &format!("}} from \"{module}\";"),
            |w| {
                for name in names {
                    w.line(format!("{name},"));
                }
            },
        );
    }
}

fn support_functions(hub: &Hub) -> Vec<&'static str> {
    let any = |test: fn(&Method) -> bool| hub.methods.iter().any(test);
    let events = has_events(hub);
    let optional = |m: &Method| {
        m.parameters
            .iter()
            .any(|p| p.kind == ParameterKind::Optional)
    };
    let used = [
        (true, "announce"),
        (any(optional), "given"),
        (any(|m| m.streams && m.upload().is_none()), "hubStream"),
        (any(|m| m.streams && m.upload().is_some()), "hubStreamWith"),
        (any(|m| !m.streams && m.upload().is_none()), "invoke"),
        (any(|m| !m.streams && m.upload().is_some()), "invokeWith"),
        (has_errors(hub), "isHubMethodError"),
        (events, "listen"),
        (true, "onContractChanged"),
        (hub.client.is_some(), "register"),
        (events, "unlisten"),
    ];
    only(&used)
}

fn support_types(hub: &Hub) -> Vec<&'static str> {
    let used = [
        (values::converts_clients(hub), "ClientConversions"),
        (true, "ContractChange"),
        (true, "HubLike"),
        (has_errors(hub), "HubMethodError"),
        (hub.methods.iter().any(|m| m.streams), "HubStream"),
        (has_events(hub), "Listener"),
        (true, "Unsubscribe"),
        (hub.methods.iter().any(|m| m.upload().is_some()), "Upload"),
    ];
    only(&used)
}

fn only(names: &[(bool, &'static str)]) -> Vec<&'static str> {
    names
        .iter()
        .filter(|(used, _)| *used)
        .map(|(_, name)| *name)
        .collect()
}

fn has_errors(hub: &Hub) -> bool {
    hub.own.errors().next().is_some()
}

fn has_events(hub: &Hub) -> bool {
    hub.client
        .as_ref()
        .is_some_and(|client| types::events(client).next().is_some())
}

/// The hub's client, if it stands in the shared file.
fn shared_client(hub: &Hub) -> Option<&Client> {
    hub.client
        .as_ref()
        .filter(|client| hub.shared.contains(&client.name))
}

/// The names of types that the file's own text uses.
fn mentions(hub: &Hub) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for method in &hub.methods {
        method
            .parameters
            .iter()
            .for_each(|parameter| parameter.ty.mentions(&mut names));
        method.answer.iter().for_each(|ty| ty.mentions(&mut names));
    }
    for method in hub.own.clients.iter().flat_map(|client| &client.methods) {
        method
            .parameters
            .iter()
            .for_each(|parameter| parameter.ty.mentions(&mut names));
        method
            .answer
            .ty()
            .into_iter()
            .for_each(|ty| ty.mentions(&mut names));
    }
    hub.own
        .types
        .iter()
        .for_each(|declared| declared.ty.mentions(&mut names));
    names
}
