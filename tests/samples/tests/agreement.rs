//! Whether the generated TypeScript tells the truth: the strict compiler takes every value for what
//! its type says it is, and refuses a wrong one; and the official client, called through the
//! generated classes, gets back what it has sent, in both protocols.
//!
//! `HUB_AGREEMENT_TABLE=<file>` collects the types and their number of values in a file.

use axum::Router;
use hub_codegen::{Config, Dates, Mode};
use hub_runtime::{HubOptions, Hubs};
use hub_samples::{
    Sample, attributes, containers, crates, edges, enums, plain, refused, structs, values,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A hub, its path, and its samples.
type Group = (&'static str, &'static str, Vec<Sample>);

fn groups() -> Vec<Group> {
    vec![
        ("PlainHub", "plain", plain::samples()),
        ("ContainersHub", "containers", containers::samples()),
        ("StructsHub", "structs", structs::samples()),
        ("EnumsHub", "enums", enums::samples()),
        ("AttributesHub", "attributes", attributes::samples()),
        ("CratesHub", "crates", crates::samples()),
        ("ValuesHub", "values", values::samples()),
    ]
}

fn config() -> Config {
    Config::new(Mode::Write)
        .hub::<dyn plain::PlainHub>()
        .hub::<dyn containers::ContainersHub>()
        .hub::<dyn structs::StructsHub>()
        .hub::<dyn enums::EnumsHub>()
        .hub::<dyn attributes::AttributesHub>()
        .hub::<dyn crates::CratesHub>()
        .hub::<dyn values::ValuesHub>()
        .hub::<dyn edges::EdgesHub>()
}

fn hubs() -> Hubs {
    let options = |_: &mut HubOptions| ();
    Hubs::builder()
        .message_pack()
        .hub_with::<dyn plain::PlainHub>("/plain", plain::Plain, options)
        .hub::<dyn containers::ContainersHub>("/containers", containers::Containers)
        .hub::<dyn structs::StructsHub>("/structs", structs::Structs)
        .hub::<dyn enums::EnumsHub>("/enums", enums::Enums)
        .hub::<dyn attributes::AttributesHub>("/attributes", attributes::Attributes)
        .hub::<dyn crates::CratesHub>("/crates", crates::Crates)
        .hub::<dyn values::ValuesHub>("/values", values::Values)
        .hub::<dyn edges::EdgesHub>("/edges", edges::Edges)
        .build()
        .expect("the hubs can be mounted")
}

#[test]
fn there_are_enough_of_them() {
    let groups = groups();
    let samples = || groups.iter().flat_map(|(_, _, samples)| samples);
    let types: BTreeSet<_> = samples().map(|sample| sample.ty).collect();
    let values: usize = samples().map(|sample| sample.written.len()).sum();
    let refused = refused_types();
    let mut table = "| type | values, or why it is refused |\n| --- | --- |\n".to_owned();
    for sample in samples() {
        let ty = sample.ty.replace("hub_samples::", "");
        let _ = writeln!(table, "| `{ty}` | {} |", sample.written.len());
    }
    for (ty, _, said) in &refused {
        let _ = writeln!(table, "| `{ty}` | refused: {said} |");
    }
    let _ = writeln!(
        table,
        "\n{} types with {values} values; {} refused.",
        types.len(),
        refused.len()
    );
    if let Some(file) = std::env::var_os("HUB_AGREEMENT_TABLE") {
        fs::write(file, &table).expect("the table can be written");
    }
    let count = types.len();
    assert!(
        count >= 80 && values >= 150,
        "{count} types, {values} values"
    );
}

#[test]
fn types_without_truthful_typescript_are_refused() {
    for (ty, why, said) in refused_types() {
        assert!(said.contains(why), "{ty}: {said}");
    }
}

fn refused_types() -> Vec<(&'static str, &'static str, String)> {
    refused::refused(
        |add| match add(Config::new(Mode::Write).dates(Dates::Date)).render() {
            Ok(files) => format!("nothing, and writes {}", files[0].text),
            Err(error) => error.to_string(),
        },
    )
}

/// What only a `Date` has no way of being told from.
#[test]
fn dates_beside_text_are_text() {
    let files = Config::new(Mode::Write)
        .hub::<dyn refused::w::RefusedHub>()
        .render();
    let files = files.expect("the type has TypeScript");
    assert!(files[2].text.contains("export type StampOrText = string"));
}

#[test]
fn the_compiler_and_the_client_agree_with_serde() {
    agree("text", Dates::Text, &DATES_AS_TEXT);
}

#[test]
fn and_so_they_do_where_dates_are_dates() {
    agree("dates", Dates::Date, &DATES);
}

/// What the literals are made of.
const DATES_AS_TEXT: [&str; 2] = ["string => text", "Date => new Date(text)"];
const DATES: [&str; 2] = ["Date => new Date(text)", "string => text"];

fn agree(name: &str, dates: Dates, made: &[&str; 2]) {
    let groups = groups();
    let folder = folder(name);
    let files = config().dates(dates).render();
    for file in files.expect("the samples have TypeScript") {
        fs::write(folder.join(file.name), file.text).expect("the file can be written");
    }
    fs::write(folder.join("parts.ts"), parts(made)).expect("the file can be written");
    fs::write(folder.join("samples.ts"), literals(&groups)).expect("the file can be written");
    fs::write(folder.join("tsconfig.json"), OPTIONS).expect("the file can be written");
    for test in ["connected.ts", "journey.test.ts", "edges.test.ts"] {
        fs::copy(here().join("tests").join(test), folder.join(test))
            .expect("the file can be copied");
    }
    run(Command::new("node")
        .arg(modules().join("typescript/bin/tsc"))
        .current_dir(&folder));
    let (runtime, origin) = serve();
    for protocol in ["json", "messagepack"] {
        run(Command::new("node")
            .args(["--test", "journey.test.js", "edges.test.js"])
            .env("HUB_ORIGIN", &origin)
            .env("HUB_PROTOCOL", protocol)
            .env_remove("NODE_TEST_CONTEXT")
            .current_dir(&folder));
    }
    drop(runtime);
    fs::remove_dir_all(folder).expect("the folder can be removed");
}

/// The bytes and dates that values are made of, and the dates that this run has none of.
fn parts([own, other]: &[&str; 2]) -> String {
    format!(
        "export const at = (text: string): {own};\n\
         const notAt = (text: string): {other};\n\
         export const none = new Uint8Array();\n\
         export const bytes = Uint8Array.of(9, 0, 127, 255).subarray(1);\n\
         export const moment = at(\"2002-04-01T10:20:15.250Z\");\n\
         export const stamp = at(\"2002-04-01T10:20:15Z\");\n\
         export const other = notAt(\"2002-04-01T10:20:15Z\");\n"
    )
}

/// Every value as a literal: what is sent and what is given back, each of its own type. Wrong ones
/// stand where the compiler has to complain.
fn literals(groups: &[Group]) -> String {
    let mut text = String::new();
    for (hub, path, _) in groups {
        let _ = writeln!(
            text,
            "import {{ {hub}Connection }} from \"./{path}-hub.js\";"
        );
        let _ = writeln!(text, "import type {{ {hub} }} from \"./{path}-hub.js\";");
    }
    text.push_str("import type { HubLike } from \"./hub-runtime.js\";\n");
    text.push_str("import { at, bytes, moment, none, other, stamp } from \"./parts.js\";\n");
    text.push_str("void [at, bytes, moment, none, other, stamp];\n");
    text.push_str("type Sent<F> = F extends (value: infer T) => unknown ? T : never;\n");
    text.push_str(
        "type Given<F> = F extends (...values: never[]) => Promise<infer T> ? T : never;\n",
    );
    text.push_str("type Journey = readonly [path: string, name: string, call: (connection: HubLike) => Promise<unknown>, expected: unknown];\n");
    text.push_str("export const journeys: Journey[] = [];\n");
    for (hub, path, samples) in groups {
        for Sample {
            method,
            written,
            sent,
            literals,
            wrong,
            ..
        } in samples
        {
            let texts = |values: &[Value]| values.iter().map(Value::to_string).collect();
            let sent = literals.clone().unwrap_or_else(|| texts(sent));
            let written = literals.clone().unwrap_or_else(|| texts(written));
            let method = camel(method);
            let given = format!("Given<{hub}[\"{method}\"]>");
            for (sent, expected) in sent.iter().zip(&written) {
                // A unit is no value in TypeScript, and `null` on the wire.
                let nothing = *path == "plain" && expected == "null";
                let given = if nothing { "unknown" } else { &given };
                let _ = writeln!(text, "{{ const sent: Sent<{hub}[\"{method}\"]> = {sent};");
                let _ = writeln!(text, "  const expected: {given} = {expected};");
                let _ = writeln!(
                    text,
                    "  journeys.push([\"{path}\", \"{method}\", (c) => new {hub}Connection(c).{method}(sent), expected]); }}"
                );
            }
            let _ = writeln!(
                text,
                "{{\n  // @ts-expect-error no value of the type\n  const wrong: Sent<{hub}[\"{method}\"]> = {wrong}; void wrong; }}"
            );
        }
    }
    text
}

fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| {
        let (head, tail) = word.split_at(1);
        name + &head.to_uppercase() + tail
    })
}

const OPTIONS: &str = r#"{ "compilerOptions": {
    "target": "ES2022", "lib": ["ES2022", "DOM"], "module": "NodeNext", "types": ["node"],
    "strict": true, "exactOptionalPropertyTypes": true, "noUncheckedIndexedAccess": true,
    "noUnusedLocals": true, "noUnusedParameters": true, "verbatimModuleSyntax": true,
    "skipLibCheck": true
}, "include": ["*.ts"] }"#;

fn serve() -> (Runtime, String) {
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime
        .block_on(TcpListener::bind("127.0.0.1:0"))
        .expect("a free port");
    let address = listener.local_addr().expect("an address");
    let app = hubs().mount(Router::new());
    runtime.spawn(async move {
        hub_runtime::serve(listener, app)
            .await
            .expect("the server ends with the runtime");
    });
    (runtime, format!("http://{address}"))
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The packages of the end-to-end tests.
fn modules() -> PathBuf {
    let modules = here().join("../js/node_modules");
    assert!(
        modules.join("@microsoft/signalr").is_dir(),
        "the npm packages of the tests are not installed; run `cargo xtask setup`"
    );
    modules.canonicalize().expect("a folder that is there")
}

/// A folder from which Node finds the packages.
fn folder(name: &str) -> PathBuf {
    let folder = here().join(format!("../js/dist/samples-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder can be made");
    folder.canonicalize().expect("a folder that is there")
}

fn run(command: &mut Command) {
    let output = command.output().expect("Node is needed for this test");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?} failed\n{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
}
