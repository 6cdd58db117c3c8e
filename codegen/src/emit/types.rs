//! Declarations of types and client interfaces, laid out for reading.

use super::imports;
use super::values::{self, Functions};
use crate::File;
use crate::model::{Client, ClientAnswer, Declaration, Declarations, Parameter, ParameterKind};
use crate::syntax::{Member, Type};
use crate::text::{self, Writer};

/// `types.ts`, which holds what several hubs use; none if nothing is shared.
pub(super) fn file(shared: &Declarations, functions: &Functions) -> Option<File> {
    if shared.clients.is_empty() && shared.types.is_empty() {
        return None;
    }
    let mut w = Writer::default();
    let mut first = true;
    if shared.errors().next().is_some() {
        separate(&mut w, &mut first);
        w.line("import { isHubMethodError } from \"./hub-runtime.js\";");
        w.line("import type { HubMethodError } from \"./hub-runtime.js\";");
    }
    let helpers = values::helpers(shared.types.iter().flat_map(values::of_type));
    if !helpers.is_empty() {
        first = false;
        let helpers: Vec<_> = helpers.into_iter().collect();
        imports::names(&mut w, "import", &helpers, imports::VALUES);
    }
    for client in &shared.clients {
        separate(&mut w, &mut first);
        self::client(&mut w, client);
    }
    for ty in &shared.types {
        separate(&mut w, &mut first);
        declaration(&mut w, ty);
        functions.declare(&mut w, "export ", ty);
    }
    Some(super::file("types", w))
}

fn separate(w: &mut Writer, first: &mut bool) {
    if !std::mem::take(first) {
        w.line("");
    }
}

/// `export interface ChatClient { … }`, and the union of its events.
pub(super) fn client(w: &mut Writer, client: &Client) {
    w.docs(&client.docs);
    w.block(&format!("export interface {} {{", client.name), "}", |w| {
        for method in &client.methods {
            w.docs(&method.docs);
            let answer = match &method.answer {
                ClientAnswer::Nothing | ClientAnswer::Done => "void | Promise<void>".to_owned(),
                ClientAnswer::Value(ty) => format!("{ty} | Promise<{ty}>"),
            };
            let parameters = parameters(&method.parameters);
            w.list(
                &format!("{}(", method.name),
                &parameters,
                &format!("): {answer};"),
            );
        }
    });
    let literal = |name| Type::Name {
        name: text::quoted(name),
        arguments: Vec::new(),
    };
    let events: Vec<_> = events(client).map(literal).collect();
    if !events.is_empty() {
        w.line("");
        w.docs(&[format!(
            "The calls of `{}` that the server expects no answer to.",
            client.name
        )]);
        let names = Type::Union(events);
        layout(
            w,
            &format!("export type {} =", event_type(client)),
            &names,
            ";",
        );
    }
}

/// The methods that are no client results.
pub(super) fn events(client: &Client) -> impl Iterator<Item = &str> {
    let events = client
        .methods
        .iter()
        .filter(|m| matches!(m.answer, ClientAnswer::Nothing));
    events.map(|method| method.name.as_str())
}

/// The name of the union of a client's events.
pub(super) fn event_type(client: &Client) -> String {
    format!("{}Event", client.name)
}

/// `name: T` for each parameter.
pub(super) fn parameters(parameters: &[Parameter]) -> Vec<String> {
    let parameters = parameters
        .iter()
        .map(|Parameter { name, kind, ty, .. }| match kind {
            ParameterKind::Required => format!("{name}: {ty}"),
            ParameterKind::Optional => format!("{name}?: {ty}"),
            ParameterKind::Upload => format!("{name}: Upload<{ty}>"),
        });
    parameters.collect()
}

/// `export type Name<T> = …;`
pub(super) fn declaration(w: &mut Writer, declaration: &Declaration) {
    w.docs(&declaration.docs);
    let head = format!("export type {}{} =", declaration.name, declaration.generics);
    if let Some(wire_name) = declaration.error {
        return error(w, declaration, &head, wire_name);
    }
    match &declaration.ty {
        // A type with a name is always shown member by member.
        Type::Object(members) if !members.is_empty() => {
            w.block(&format!("{head} {{"), "};", |w| object(w, members));
        }
        ty => layout(w, &head, ty, ";"),
    }
}

/// An error is the union of its variants, each of them an `Error`; a function tells it from others.
fn error(w: &mut Writer, declaration: &Declaration, head: &str, wire_name: &str) {
    let base = Type::Name {
        name: "HubMethodError".to_owned(),
        arguments: Vec::new(),
    };
    let members = Type::Intersection(vec![base, declaration.ty.clone()]);
    layout(w, head, &members, ";");
    let Declaration { name, .. } = declaration;
    w.line("");
    w.docs(&[format!("Whether a call failed with `{name}`.")]);
    let open = format!(
        "export function {}(error: unknown): error is {name} {{",
        guard(name)
    );
    w.block(&open, "}", |w| {
        w.line(format!(
            "return isHubMethodError(error, {});",
            text::quoted(wire_name)
        ));
    });
}

/// The function that tells an error from others.
pub(super) fn guard(error: &str) -> String {
    format!("is{error}")
}

fn object(w: &mut Writer, members: &[Member]) {
    for member in members {
        w.docs(&member.docs);
        layout(w, &format!("{}:", member.head()), &member.ty, ";");
    }
}

/// `head` + the type + `end`: on one line if that fits and loses no documentation.
fn layout(w: &mut Writer, head: &str, ty: &Type, end: &str) {
    let line = format!("{head} {ty}{end}");
    if !ty.has_docs() && w.fits(&line) {
        w.line(line);
        return;
    }
    match ty {
        Type::Object(members) if !members.is_empty() => {
            w.block(&format!("{head} {{"), &format!("}}{end}"), |w| {
                object(w, members);
            });
        }
        Type::Map {
            key,
            optional,
            value,
        } => {
            let mark = if *optional { "?" } else { "" };
            w.block(&format!("{head} {{"), &format!("}}{end}"), |w| {
                layout(w, &format!("[key in {key}]{mark}:"), value, ";");
            });
        }
        Type::Union(types) => {
            w.line(head);
            w.indented(|w| operands(w, "|", types, end));
        }
        Type::Intersection(types) => {
            w.line(head);
            w.indented(|w| operands(w, "&", types, end));
        }
        _ => w.line(line),
    }
}

fn operands(w: &mut Writer, operator: &str, types: &[Type], end: &str) {
    for (at, ty) in types.iter().enumerate() {
        let end = if at + 1 == types.len() { end } else { "" };
        let ty = match ty {
            Type::Documented { docs, ty } => {
                w.docs(docs);
                ty
            }
            ty => ty,
        };
        match ty {
            Type::Union(_) | Type::Verbatim(_) if operator == "&" => {
                layout(w, "& (", ty, &format!("){end}"));
            }
            Type::Object(members) if ty.has_docs() || !w.fits(&format!("{operator} {ty}{end}")) => {
                w.line(format!("{operator} {{"));
                w.indented(|w| {
                    w.indented(|w| object(w, members));
                    w.line(format!("}}{end}"));
                });
            }
            _ => layout(w, operator, ty, end),
        }
    }
}
