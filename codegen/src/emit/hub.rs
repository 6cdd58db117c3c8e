//! A hub's file: its interface, its client's interface, the class that calls it, its types.

use super::imports::imports;
use super::types;
use super::values::{self, Functions};
use crate::File;
use crate::model::{Client, ClientAnswer, Direction, Hub, Method, ParameterKind};
use crate::syntax::Type;
use crate::text::{self, Writer};

pub(super) fn file(hub: &Hub, functions: &Functions) -> File {
    let mut w = Writer::default();
    imports(&mut w, hub, functions);
    interface(&mut w, hub);
    for client in &hub.own.clients {
        w.line("");
        types::client(&mut w, client);
    }
    for ty in &hub.own.types {
        w.line("");
        types::declaration(&mut w, ty);
        functions.declare(&mut w, "", ty);
    }
    w.line("");
    tables(&mut w, hub);
    functions.client_table(&mut w, hub);
    class(&mut w, hub, functions);
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
fn class(w: &mut Writer, hub: &Hub, functions: &Functions) {
    w.docs(&[format!(
        "Calls `{}` over a connection, which stays yours to start and stop.",
        hub.name
    )]);
    w.block(
        &format!("export class {0}Connection implements {0} {{", hub.name),
        "}",
        |w| {
            constructor(w, hub, functions);
            for method in &hub.methods {
                w.line("");
                body(w, method, functions);
            }
            if let Some(client) = &hub.client {
                receiving(w, client, values::converts_clients(hub));
            }
        },
    );
}

fn constructor(w: &mut Writer, hub: &Hub, functions: &Functions) {
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
                send(w, method, functions);
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
fn send(w: &mut Writer, method: &Method, functions: &Functions) {
    let parameters = types::parameters(&method.parameters);
    let arguments = arguments(method, functions);
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
fn arguments(method: &Method, functions: &Functions) -> Vec<String> {
    let written = method.parameters.iter().zip(functions.written(method));
    let (optional, needed): (Vec<_>, Vec<_>) =
        written.partition(|(parameter, _)| parameter.kind == ParameterKind::Optional);
    let texts = |arguments: Vec<(_, String)>| arguments.into_iter().map(|(_, text)| text);
    let mut arguments = vec![format!("METHODS.{}", method.name)];
    arguments.extend(texts(needed));
    if !optional.is_empty() {
        let optional: Vec<_> = texts(optional).collect();
        arguments.push(format!("...given({})", optional.join(", ")));
    }
    arguments
}

fn body(w: &mut Writer, method: &Method, functions: &Functions) {
    let parameters = types::parameters(&method.parameters);
    let close = format!("): {} {{", returned(method));
    w.list(&format!("{}(", method.name), &parameters, &close);
    w.indented(|w| {
        let Call {
            open,
            arguments,
            then,
        } = call(method, functions);
        match (method.streams, method.upload()) {
            (false, None) => chain(w, &format!("return {open}"), &arguments, &then),
            (true, None) => stream(w, &open, &arguments),
            (_, Some(upload)) => {
                let function = if method.streams {
                    "hubStreamWith"
                } else {
                    "invokeWith"
                };
                // The name of an upload stands for its running form inside of the function.
                let name = &upload.name;
                let inner = format!("({name}) => {open}{})", arguments.join(", "));
                if let Some(write) = &upload.conversion {
                    let write = functions.function(write, Direction::In);
                    let open = format!("return {function}(");
                    chain(w, &open, &[name.clone(), inner, write], &then);
                    return;
                }
                let start = format!("return {function}({name}, ");
                let line = format!("{start}{inner}){};", then.concat());
                if w.fits(&line) {
                    w.line(line);
                } else {
                    w.block(
                        &format!("{start}({name}) =>"),
                        &format!("){};", then.concat()),
                        |w| w.list(&open, &arguments, "),"),
                    );
                }
            }
        }
    });
    w.line("}");
}

/// A call, and what is done with its promise.
fn chain(w: &mut Writer, open: &str, arguments: &[String], then: &[String]) {
    let call = format!("{open}{})", arguments.join(", "));
    let fits = w.fits(&format!("{call}{};", then.concat()));
    match then.split_last() {
        Some((last, others)) if !fits && w.fits(&call) => {
            w.line(call);
            w.indented(|w| {
                for step in others {
                    w.line(step);
                }
                w.line(format!("{last};"));
            });
        }
        _ => w.list(open, arguments, &format!("){};", then.concat())),
    }
}

/// A call whose items are streamed.
fn stream(w: &mut Writer, open: &str, arguments: &[String]) {
    let start = format!("return hubStream(() => {open}");
    let converts = open == RECEIVED_ITEMS;
    if converts && !w.fits(&format!("{start}{}));", arguments.join(", "))) {
        w.block("return hubStream(() =>", ");", |w| {
            w.list(open, arguments, "),");
        });
    } else {
        w.list(&start, arguments, "));");
    }
}

/// What stands around a stream whose items are converted.
const RECEIVED_ITEMS: &str = "receivedItems(";

/// The call of the client library, and what makes its answer what users hold.
struct Call {
    open: String,
    arguments: Vec<String>,
    /// What is done with the promise that the call, or the upload around it, gives.
    then: Vec<String>,
}

fn call(method: &Method, functions: &Functions) -> Call {
    let mut arguments = arguments(method, functions);
    let read = method.conversion.as_ref();
    let read = read.map(|it| functions.function(it, Direction::Out));
    let errors = functions.errors(method);
    let ty = match (&read, &method.answer) {
        (Some(_), _) => "any".to_owned(),
        (None, Some(ty)) => ty.to_string(),
        (None, None) if method.streams => item(None),
        (None, None) => "void".to_owned(),
    };
    if method.streams {
        let open = format!("this.connection.stream<{ty}>(");
        if read.is_none() && errors.is_none() {
            return Call {
                open,
                arguments,
                then: Vec::new(),
            };
        }
        let call = format!("{open}{})", arguments.join(", "));
        let read = read.unwrap_or("undefined".to_owned());
        return Call {
            open: RECEIVED_ITEMS.to_owned(),
            arguments: [call, read].into_iter().chain(errors).collect(),
            then: Vec::new(),
        };
    }
    let open = if method.upload().is_some() {
        format!("this.connection.invoke<{ty}>(")
    } else {
        arguments.insert(0, "this.connection".to_owned());
        format!("invoke<{ty}>(")
    };
    let read = read.map(|it| format!(".then({it})"));
    let errors = errors.map(|it| format!(".catch(receivedError({it}))"));
    Call {
        open,
        arguments,
        then: read.into_iter().chain(errors).collect(),
    }
}

/// `on`, `off` and `register`.
fn receiving(w: &mut Writer, client: &Client, converts: bool) {
    let (reading, table) = if converts {
        (", CLIENT_CONVERSIONS[event]?.read", ", CLIENT_CONVERSIONS")
    } else {
        ("", "")
    };
    let call = |w: &mut Writer, function: &str| {
        let arguments =
            format!("this.connection, CLIENT_METHODS[event].wireName, handler{reading}");
        let arguments: Vec<_> = arguments.split(", ").map(str::to_owned).collect();
        w.list(&format!("{function}("), &arguments, ");");
    };
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
            call(w, "return listen");
        });
        w.line("}");
        w.line("");
        w.docs(&["Stops a handler that was given to `on`, or all of them.".to_owned()]);
        let handler = format!("handler?: Listener<{name}[E]>");
        w.list(&format!("off{head}"), &[event, handler], "): void {");
        w.indented(|w| {
            call(w, "unlisten");
        });
        w.line("}");
    }
    w.line("");
    w.docs(&["Registers any of the client's methods; call the result to remove them.".to_owned()]);
    w.block(
        &format!("register(client: Partial<{name}>): Unsubscribe {{"),
        "}",
        |w| {
            w.line(format!(
                "return register(this.connection, CLIENT_METHODS, client{table});"
            ));
        },
    );
}
