//! A hub's file: its interface, its client's interface, the class that calls it, its types.

use super::imports::imports;
use super::types;
use crate::File;
use crate::model::{Client, ClientAnswer, Hub, Method, Parameter, ParameterKind};
use crate::syntax::Type;
use crate::text::{self, Writer};

pub(super) fn file(hub: &Hub) -> File {
    let mut w = Writer::default();
    imports(&mut w, hub);
    interface(&mut w, hub);
    for client in &hub.own.clients {
        w.line("");
        types::client(&mut w, client);
    }
    for ty in &hub.own.types {
        w.line("");
        types::declaration(&mut w, ty);
    }
    w.line("");
    tables(&mut w, hub);
    class(&mut w, hub);
    super::file(&hub.module(), w)
}

/// `export interface ChatHub { … }`
fn interface(w: &mut Writer, hub: &Hub) {
    w.docs(&hub.docs);
    w.block(&format!("export interface {} {{", hub.name), "}", |w| {
        for method in &hub.methods {
            w.docs(&docs(method));
            signature(w, method, ";");
        }
    });
}

/// The documentation, and what the method may throw.
fn docs(method: &Method) -> Vec<String> {
    let mut lines = method.docs.clone();
    let throws = method.errors.iter();
    lines.extend(throws.map(|error| format!("@throws {{{}}}", error.ty)));
    lines
}

/// `sendMessage(room: string): Promise<number>` and an end.
fn signature(w: &mut Writer, method: &Method, end: &str) {
    let parameters = types::parameters(&method.parameters);
    w.list(
        &format!("{}(", method.name),
        &parameters,
        &format!("): {}{end}", returned(method)),
    );
}

fn returned(method: &Method) -> String {
    match (method.streams, &method.answer) {
        (true, answer) => format!("HubStream<{}>", item(answer.as_ref())),
        (false, Some(ty)) => format!("Promise<{ty}>"),
        (false, None) => "Promise<void>".to_owned(),
    }
}

/// A unit travels as `null`.
fn item(ty: Option<&Type>) -> String {
    ty.map_or_else(|| "null".to_owned(), Type::to_string)
}

/// The wire names: the only place that spells them.
fn tables(w: &mut Writer, hub: &Hub) {
    if !hub.methods.is_empty() {
        w.block("const METHODS = {", "} as const;", |w| {
            for method in &hub.methods {
                w.line(format!(
                    "{}: {},",
                    method.name,
                    text::quoted(method.wire_name)
                ));
            }
        });
        w.line("");
    }
    if let Some(client) = &hub.client {
        w.block("const CLIENT_METHODS = {", "} as const;", |w| {
            for method in &client.methods {
                let wire_name = text::quoted(method.wire_name);
                let answers = match &method.answer {
                    ClientAnswer::Nothing => "nothing",
                    ClientAnswer::Done => "done",
                    ClientAnswer::Value(_) => "value",
                };
                let name = &method.name;
                w.line(format!(
                    "{name}: {{ wireName: {wire_name}, answers: \"{answers}\" }},"
                ));
            }
        });
        w.line("");
    }
}

/// `export class ChatHubConnection implements ChatHub { … }`
fn class(w: &mut Writer, hub: &Hub) {
    w.docs(&[format!(
        "Calls `{}` over a connection, which stays yours to start and stop.",
        hub.name
    )]);
    w.block(
        &format!("export class {0}Connection implements {0} {{", hub.name),
        "}",
        |w| {
            constructor(w, hub);
            for method in &hub.methods {
                w.line("");
                body(w, method);
            }
            if let Some(client) = &hub.client {
                receiving(w, client);
            }
        },
    );
}

fn constructor(w: &mut Writer, hub: &Hub) {
    w.docs(&[
        "The contract that this client was generated from, as the server is told of it.".to_owned(),
    ]);
    let revision = text::quoted(&hub.revision);
    w.line(format!("static readonly contract = {revision};"));
    w.line("");
    w.line("private readonly connection: HubLike;");
    w.line("");
    let plain: Vec<_> = hub
        .methods
        .iter()
        .filter(|m| !m.streams && m.upload().is_none())
        .collect();
    if !plain.is_empty() {
        w.docs(&[
            "The calls without streams again, sent without waiting for an answer.".to_owned(),
        ]);
        w.block("readonly send = {", "};", |w| {
            for method in plain {
                send(w, method);
            }
        });
        w.line("");
    }
    w.block("constructor(connection: HubLike) {", "}", |w| {
        w.line("this.connection = connection;");
        w.line(format!(
            "announce(connection, {}Connection.contract);",
            hub.name
        ));
    });
    contract_changed(w);
}

fn contract_changed(w: &mut Writer) {
    w.line("");
    w.docs(&[
        "Calls the handler if the server says that its contract is no longer this client's, as it can"
            .to_owned(),
        "after an update: the time to offer a reload. Call the result to stop.".to_owned(),
    ]);
    w.block(
        "onContractChanged(handler: (change: ContractChange) => void): Unsubscribe {",
        "}",
        |w| {
            w.line("return onContractChanged(this.connection, handler);");
        },
    );
}

/// An entry of `send`.
fn send(w: &mut Writer, method: &Method) {
    let parameters = types::parameters(&method.parameters);
    let arguments = arguments(method);
    let open = format!("{}: (", method.name);
    let line = format!(
        "{open}{}): Promise<void> => this.connection.send({}),",
        parameters.join(", "),
        arguments.join(", ")
    );
    if w.fits(&line) {
        w.line(line);
    } else {
        w.list(&open, &parameters, "): Promise<void> =>");
        w.indented(|w| w.list("this.connection.send(", &arguments, "),"));
    }
}

/// The wire name and what follows it; what the caller left out is left out on the wire.
fn arguments(method: &Method) -> Vec<String> {
    let is_optional = |p: &&Parameter| p.kind == ParameterKind::Optional;
    let names = |parameters: &[&Parameter]| -> Vec<String> {
        parameters
            .iter()
            .map(|parameter| match (parameter.binary, parameter.kind) {
                (false, _) | (true, ParameterKind::Upload) => parameter.name.clone(),
                (true, _) => format!("sendable({})", parameter.name),
            })
            .collect()
    };
    let (optional, needed): (Vec<_>, Vec<_>) = method.parameters.iter().partition(is_optional);
    let mut arguments = vec![format!("METHODS.{}", method.name)];
    arguments.extend(names(&needed));
    if !optional.is_empty() {
        arguments.push(format!("...given({})", names(&optional).join(", ")));
    }
    arguments
}

fn body(w: &mut Writer, method: &Method) {
    let parameters = types::parameters(&method.parameters);
    let close = format!("): {} {{", returned(method));
    w.list(&format!("{}(", method.name), &parameters, &close);
    w.indented(|w| {
        let mut arguments = arguments(method);
        let call = match (method.streams, &method.answer) {
            (true, answer) => format!("this.connection.stream<{}>(", item(answer.as_ref())),
            (false, answer) => {
                let ty = answer.as_ref().map_or("void".to_owned(), Type::to_string);
                if method.upload().is_some() {
                    format!("this.connection.invoke<{ty}>(")
                } else {
                    arguments.insert(0, "this.connection".to_owned());
                    format!("invoke<{ty}>(")
                }
            }
        };
        // The name of an upload stands for its running form inside of the function.
        match (method.streams, method.upload()) {
            (false, None) => w.list(&format!("return {call}"), &arguments, ");"),
            (true, None) => w.list(&format!("return hubStream(() => {call}"), &arguments, "));"),
            (streams, Some(upload)) => {
                let function = if streams {
                    "hubStreamWith"
                } else {
                    "invokeWith"
                };
                let name = &upload.name;
                let open = format!("return {function}({name}, ({name}) =>");
                let line = format!("{open} {call}{}));", arguments.join(", "));
                if w.fits(&line) {
                    w.line(line);
                } else {
                    w.block(&open, ");", |w| w.list(&call, &arguments, "),"));
                }
            }
        }
    });
    w.line("}");
}

/// `on`, `off` and `register`.
fn receiving(w: &mut Writer, client: &Client) {
    let name = &client.name;
    if types::events(client).next().is_some() {
        let events = types::event_type(client);
        let head = format!("<E extends {events}>(");
        let event = "event: E".to_owned();
        w.line("");
        w.docs(&["Listens for a call of the server; call the result to stop.".to_owned()]);
        let handler = format!("handler: Listener<{name}[E]>");
        w.list(
            &format!("on{head}"),
            &[event.clone(), handler],
            "): Unsubscribe {",
        );
        w.indented(|w| {
            w.line("return listen(this.connection, CLIENT_METHODS[event].wireName, handler);");
        });
        w.line("}");
        w.line("");
        w.docs(&["Stops a handler that was given to `on`, or all of them.".to_owned()]);
        let handler = format!("handler?: Listener<{name}[E]>");
        w.list(&format!("off{head}"), &[event, handler], "): void {");
        w.indented(|w| {
            w.line("unlisten(this.connection, CLIENT_METHODS[event].wireName, handler);");
        });
        w.line("}");
    }
    w.line("");
    w.docs(&["Registers any of the client's methods; call the result to remove them.".to_owned()]);
    w.block(
        &format!("register(client: Partial<{name}>): Unsubscribe {{"),
        "}",
        |w| {
            w.line("return register(this.connection, CLIENT_METHODS, client);");
        },
    );
}
