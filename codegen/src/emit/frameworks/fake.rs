//! A hub's fake: the tables of its methods, and a class that a test makes in place of a connection.

use crate::File;
use crate::emit::types;
use crate::model::{Client, Hub, ParameterKind};
use crate::text::{self, Writer};

/// What a hub's fake has in common with all others.
pub(super) const SUPPORT: (&str, &str) = ("hub-fake.ts", include_str!("hub-fake.ts"));

pub(super) fn file(hub: &Hub) -> File {
    let mut w = Writer::default();
    imports(&mut w, hub);
    tables(&mut w, hub);
    class(&mut w, hub);
    super::super::file(&format!("{}-fake", hub.module()), w)
}

fn imports(w: &mut Writer, hub: &Hub) {
    let module = hub.module();
    // Under one name, which no hub has: theirs are the user's choice.
    w.line("import * as fake from \"./hub-fake.js\";");
    w.line(format!(
        "import {{ {}Connection }} from \"./{module}.js\";",
        hub.name
    ));
    let mut types = vec![hub.name.clone()];
    types.extend(hub.client.iter().map(|client| client.name.clone()));
    types.extend(hub.client.iter().filter_map(events));
    types.sort();
    w.list(
        "import type { ",
        &types,
        &format!(" }} from \"./{module}.js\";"),
    );
    w.line("");
}

/// The name of the client's union of events, if it has any.
fn events(client: &Client) -> Option<String> {
    types::events(client).next()?;
    Some(types::event_type(client))
}

fn tables(w: &mut Writer, hub: &Hub) {
    w.block("const METHODS = {", "} as const;", |w| {
        for method in &hub.methods {
            let wire_name = text::quoted(method.wire_name);
            let is_upload = |kind| kind == ParameterKind::Upload;
            let upload = method.parameters.iter().position(|p| is_upload(p.kind));
            let upload = upload.map(|at| format!(", upload: \"{at}\""));
            w.line(format!(
                "{}: {{ wireName: {wire_name}{} }},",
                method.name,
                upload.unwrap_or_default()
            ));
        }
    });
    w.line("");
    let methods = hub.client.iter().flat_map(|client| &client.methods);
    w.block("const CLIENT_METHODS = {", "} as const;", |w| {
        for method in methods {
            let wire_name = text::quoted(method.wire_name);
            w.line(format!("{}: {wire_name},", method.name));
        }
    });
    w.line("");
}

fn class(w: &mut Writer, hub: &Hub) {
    let name = &hub.name;
    let client = hub.client.as_ref();
    let arguments = [
        name.clone(),
        "typeof METHODS".to_owned(),
        client.map_or("Record<never, never>".to_owned(), |c| c.name.clone()),
        client.and_then(events).unwrap_or("never".to_owned()),
    ];
    w.docs(&[format!(
        "`{name}` without a server, for tests of what calls it."
    )]);
    let head = format!("export class Fake{name} extends fake.FakeHub<");
    let line = format!("{head}{}> {{", arguments.join(", "));
    if w.fits(&line) {
        w.line(line);
    } else {
        w.block(&head, "> {", |w| {
            for (at, argument) in arguments.iter().enumerate() {
                // The compiler wants no comma after the last one of these.
                let comma = if at + 1 < arguments.len() { "," } else { "" };
                w.line(format!("{argument}{comma}"));
            }
        });
    }
    w.indented(|w| {
        w.docs(&["What is tested is given this, or a `connection` to make its own of.".to_owned()]);
        w.line(format!("readonly hub: {name}Connection;"));
        w.line("");
        let answers = format!("answers: fake.FakeAnswers<{name}, typeof METHODS> = {{}}");
        w.block(&format!("constructor({answers}) {{"), "}", |w| {
            w.line("super(METHODS, CLIENT_METHODS, answers);");
            w.line(format!("this.hub = new {name}Connection(this.connection);"));
        });
    });
    w.line("}");
}
