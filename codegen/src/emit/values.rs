//! The conversion of bytes and dates, as code: a function for each type that holds some, and an
//! expression wherever a call carries one.

use crate::File;
use crate::config::Dates;
use crate::model::{
    ClientMethod, Conversion, Declaration, Direction, Hub, MemberConversion, Method, Model,
    ParameterKind, Test,
};
use crate::text::{self, Writer};
use std::collections::BTreeSet;

const TEXT: &str = include_str!("hub-values.ts");

/// What the functions have in common; none if nothing is converted.
pub(super) fn file(model: &Model) -> Option<File> {
    let shared = model.shared.types.iter().flat_map(of_type);
    let mut all = model.hubs.iter().flat_map(of_hub).chain(shared);
    all.next()?;
    Some(File {
        name: "hub-values.ts".to_owned(),
        // A checkout may have changed the line ends.
        text: TEXT.replace("\r\n", "\n"),
    })
}

/// A conversion, and which way its values travel.
pub(super) type Directed<'a> = (Direction, &'a Conversion);

/// The conversions that stand in the text of a hub's file.
pub(super) fn of_hub(hub: &Hub) -> impl Iterator<Item = Directed<'_>> {
    let clients = hub.client.iter().flat_map(|client| &client.methods);
    let calls = hub.methods.iter().flat_map(of_method);
    let types = hub.own.types.iter().flat_map(of_type);
    calls.chain(clients.flat_map(of_client_method)).chain(types)
}

fn of_method(method: &Method) -> impl Iterator<Item = Directed<'_>> {
    let parameters = method.parameters.iter();
    let sent = parameters.filter_map(|it| Some((Direction::In, it.conversion.as_ref()?)));
    let errors = method.errors.iter().map(|error| &error.conversion);
    let received = errors.chain([&method.conversion]);
    sent.chain(received.filter_map(|it| Some((Direction::Out, it.as_ref()?))))
}

fn of_client_method(method: &ClientMethod) -> impl Iterator<Item = Directed<'_>> {
    let parameters = method.parameters.iter();
    let received = parameters.filter_map(|it| Some((Direction::Out, it.conversion.as_ref()?)));
    received.chain(method.conversion.iter().map(|it| (Direction::In, it)))
}

/// The functions of a type.
pub(super) fn of_type(ty: &Declaration) -> impl Iterator<Item = Directed<'_>> {
    let reader = ty.reader.iter().map(|it| (Direction::Out, it));
    reader.chain(ty.writer.iter().map(|it| (Direction::In, it)))
}

/// Whether the client's calls carry something to convert.
pub(super) fn converts_clients(hub: &Hub) -> bool {
    let methods = hub.client.iter().flat_map(|client| &client.methods);
    methods.flat_map(of_client_method).next().is_some()
}

/// The functions of `hub-values.ts` that conversions call.
pub(super) fn helpers<'a>(
    conversions: impl Iterator<Item = Directed<'a>>,
) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    for (direction, conversion) in conversions {
        each(conversion, &mut |conversion| {
            names.extend(helper(conversion, direction));
            if let Conversion::Cases { cases, .. } = conversion
                && cases.iter().any(|(test, _)| looks_for_objects(test))
            {
                names.insert("isObjectValue");
            }
        });
    }
    names
}

fn helper(conversion: &Conversion, direction: Direction) -> Option<&'static str> {
    match (conversion, direction) {
        (Conversion::Bytes, Direction::In) => Some("sendableBytes"),
        (Conversion::Bytes, Direction::Out) => Some("receivedBytes"),
        (Conversion::Moment(Dates::Date), _) => Some("receivedDate"),
        (Conversion::Moment(Dates::Text), _) => Some("receivedText"),
        (Conversion::Map(_), _) => Some("convertedValues"),
        _ => None,
    }
}

fn looks_for_objects(test: &Test) -> bool {
    match test {
        Test::Object => true,
        Test::Key { among_others, .. } => *among_others,
        Test::Array | Test::Tag { .. } => false,
    }
}

/// The types whose functions conversions call, and which way.
pub(super) fn called<'a>(
    conversions: impl Iterator<Item = Directed<'a>>,
) -> BTreeSet<(String, Direction)> {
    let mut called = BTreeSet::new();
    for (direction, conversion) in conversions {
        each(conversion, &mut |conversion| {
            if let Conversion::Named { name, .. } = conversion {
                called.insert((name.clone(), direction));
            }
        });
    }
    called
}

/// Calls `visit` with a conversion and all that stand inside of it.
fn each(conversion: &Conversion, visit: &mut impl FnMut(&Conversion)) {
    visit(conversion);
    let inner: Vec<&Conversion> = match conversion {
        Conversion::Bytes | Conversion::Moment(_) | Conversion::Parameter(_) => Vec::new(),
        Conversion::List(inner) | Conversion::Map(inner) | Conversion::Nullable(inner) => {
            vec![&**inner]
        }
        Conversion::Named { arguments, .. } | Conversion::Tuple(arguments) => {
            arguments.iter().flatten().collect()
        }
        Conversion::Members(members) => members.iter().map(|it| &it.conversion).collect(),
        Conversion::Cases { cases, otherwise } => {
            let cases = cases.iter().map(|(_, it)| it);
            cases.chain(otherwise.as_deref()).collect()
        }
        Conversion::All(parts) => parts.iter().collect(),
    };
    for conversion in inner {
        each(conversion, visit);
    }
}

/// What the functions of types are called.
#[derive(Debug)]
pub(super) struct Functions {
    /// The parameters of methods, within which functions of their names would be out of reach.
    taken: BTreeSet<String>,
}

impl Functions {
    pub(super) fn new(hubs: &[Hub]) -> Self {
        let methods = hubs.iter().flat_map(|hub| &hub.methods);
        let parameters = methods.flat_map(|method| &method.parameters);
        Self {
            taken: parameters.map(|parameter| parameter.name.clone()).collect(),
        }
    }

    pub(super) fn name(&self, ty: &str, direction: Direction) -> String {
        let name = format!("{}{ty}", verb(direction));
        if self.taken.contains(&name) {
            format!("{name}_")
        } else {
            name
        }
    }

    /// Prints the functions of a type; `keyword` stands in front of each.
    pub(super) fn declare(&self, w: &mut Writer, keyword: &str, ty: &Declaration) {
        for (direction, conversion) in of_type(ty) {
            w.line("");
            w.docs(&[match direction {
                Direction::Out => format!("`{}`: from what was received.", ty.name),
                Direction::In => format!("`{}`: to what both protocols can write.", ty.name),
            }]);
            let verb = verb(direction);
            let functions = ty.parameters().into_iter();
            let functions = functions.map(|it| format!("{verb}{it}: (value: any) => any"));
            let parameters: Vec<_> = std::iter::once("value: any".to_owned())
                .chain(functions)
                .collect();
            let open = format!("{keyword}function {}(", self.name(&ty.name, direction));
            w.list(&open, &parameters, "): any {");
            w.indented(|w| self.body(w, conversion, direction));
            w.line("}");
        }
    }

    /// The statements that give the converted `value`.
    fn body(&self, w: &mut Writer, conversion: &Conversion, direction: Direction) {
        match conversion {
            Conversion::Nullable(inner) => {
                w.line("if (value == null) return value;");
                self.body(w, inner, direction);
            }
            Conversion::Cases { cases, otherwise } => {
                for (test, conversion) in cases {
                    let test = tested(test, "value");
                    let converted = self.expression(conversion, "value", direction);
                    let line = format!("if ({test}) return {converted};");
                    if w.fits(&line) {
                        w.line(line);
                    } else {
                        w.block(&format!("if ({test}) {{"), "}", |w| {
                            self.give(w, "return ", conversion, direction);
                        });
                    }
                }
                match otherwise {
                    Some(conversion) => self.give(w, "return ", conversion, direction),
                    None => w.line("return value;"),
                }
            }
            Conversion::All(parts) => {
                for part in parts {
                    self.give(w, "value = ", part, direction);
                }
                w.line("return value;");
            }
            conversion => self.give(w, "return ", conversion, direction),
        }
    }

    /// `head` + the converted `value`, an object's members a line each where they do not fit on one.
    fn give(&self, w: &mut Writer, head: &str, conversion: &Conversion, direction: Direction) {
        let line = format!("{head}{};", self.expression(conversion, "value", direction));
        match conversion {
            Conversion::Members(members) if !w.fits(&line) => {
                w.block(&format!("{head}{{"), "};", |w| {
                    for member in self.members(members, "value", direction) {
                        w.line(format!("{member},"));
                    }
                });
            }
            _ => w.line(line),
        }
    }

    /// The converted value; `value` is the text of one that may stand there several times.
    pub(super) fn expression(
        &self,
        conversion: &Conversion,
        value: &str,
        direction: Direction,
    ) -> String {
        let inner = |conversion| self.function(conversion, direction);
        let next = |conversion, value: &str| self.expression(conversion, value, direction);
        match conversion {
            Conversion::Bytes | Conversion::Moment(_) => {
                format!("{}({value})", self.function(conversion, direction))
            }
            Conversion::Named { name, arguments } => {
                let arguments = arguments.iter().map(|argument| match argument {
                    Some(argument) => inner(argument),
                    None => "(item: any) => item".to_owned(),
                });
                let given: Vec<_> = std::iter::once(value.to_owned()).chain(arguments).collect();
                format!("{}({})", self.name(name, direction), given.join(", "))
            }
            Conversion::Parameter(name) => format!("{}{name}({value})", verb(direction)),
            Conversion::List(item) => format!("{value}.map({})", inner(item)),
            Conversion::Map(item) => format!("convertedValues({value}, {})", inner(item)),
            Conversion::Tuple(items) => {
                let items = items.iter().enumerate().map(|(at, item)| {
                    let value = format!("{value}[{at}]");
                    item.as_ref()
                        .map_or(value.clone(), |item| next(item, &value))
                });
                format!("[{}]", items.collect::<Vec<_>>().join(", "))
            }
            Conversion::Members(members) => {
                let members = self.members(members, value, direction);
                format!("{{ {} }}", members.join(", "))
            }
            Conversion::Nullable(inner) => {
                format!("({value} == null ? {value} : {})", next(inner, value))
            }
            Conversion::Cases { cases, otherwise } => {
                let cases = cases.iter().map(|(test, conversion)| {
                    format!("{} ? {} : ", tested(test, value), next(conversion, value))
                });
                let otherwise = otherwise.as_ref();
                let otherwise = otherwise.map_or(value.to_owned(), |it| next(it, value));
                format!("({}{otherwise})", cases.collect::<String>())
            }
            Conversion::All(parts) => {
                let apply =
                    |value: String, part| format!("({})({value})", arrow(&next(part, "item")));
                parts.iter().fold(value.to_owned(), apply)
            }
        }
    }

    fn members(
        &self,
        members: &[MemberConversion],
        value: &str,
        direction: Direction,
    ) -> Vec<String> {
        let converted = members.iter().map(|member| {
            let name = text::property_name(&member.member);
            let inner = access(value, &member.member);
            let entry = format!(
                "{name}: {}",
                self.expression(&member.conversion, &inner, direction)
            );
            if member.optional {
                format!("...({inner} !== undefined && {{ {entry} }})")
            } else {
                entry
            }
        });
        std::iter::once(format!("...{value}"))
            .chain(converted)
            .collect()
    }

    /// The conversion as a function of one parameter.
    pub(super) fn function(&self, conversion: &Conversion, direction: Direction) -> String {
        match conversion {
            Conversion::Bytes | Conversion::Moment(_) => helper(conversion, direction)
                .map(str::to_owned)
                .unwrap_or_default(),
            Conversion::Named { name, arguments } if arguments.is_empty() => {
                self.name(name, direction)
            }
            Conversion::Parameter(name) => format!("{}{name}", verb(direction)),
            conversion => arrow(&self.expression(conversion, "item", direction)),
        }
    }

    /// What reads a method's errors by their names, as an object; none if their data is read as it is.
    pub(super) fn errors(&self, method: &Method) -> Option<String> {
        let errors = method.errors.iter().filter_map(|error| {
            let reader = self.function(error.conversion.as_ref()?, Direction::Out);
            Some(format!(
                "{}: {reader}",
                text::property_name(error.wire_name)
            ))
        });
        let errors: Vec<_> = errors.collect();
        (!errors.is_empty()).then(|| format!("{{ {} }}", errors.join(", ")))
    }

    /// The table of what is done to the values of a client's calls.
    pub(super) fn client_table(&self, w: &mut Writer, hub: &Hub) {
        let Some(client) = hub.client.as_ref().filter(|_| converts_clients(hub)) else {
            return;
        };
        let open = format!(
            "const CLIENT_CONVERSIONS: ClientConversions<keyof {}> = {{",
            client.name
        );
        w.block(&open, "};", |w| {
            for method in &client.methods {
                let read = self.reader(method);
                let read = read.map(|function| format!("read: {function}"));
                let write = method.conversion.as_ref();
                let write = write.map(|it| format!("write: {}", self.function(it, Direction::In)));
                let entries: Vec<_> = read.into_iter().chain(write).collect();
                if !entries.is_empty() {
                    w.line(format!("{}: {{ {} }},", method.name, entries.join(", ")));
                }
            }
        });
        w.line("");
    }

    /// From what a client's method is told to its arguments.
    fn reader(&self, method: &ClientMethod) -> Option<String> {
        let parameters = &method.parameters;
        let converted = parameters.iter().rposition(|it| it.conversion.is_some())? + 1;
        let parameters = parameters[..converted].iter().enumerate();
        let arguments = parameters.map(|(at, parameter)| {
            let argument = format!("args[{at}]");
            let conversion = parameter.conversion.as_ref();
            conversion.map_or(argument.clone(), |conversion| {
                self.expression(conversion, &argument, Direction::Out)
            })
        });
        let arguments: Vec<_> = arguments.collect();
        Some(format!(
            "(...args: any[]) => [{}, ...args.slice({converted})]",
            arguments.join(", ")
        ))
    }

    /// The arguments of a method, and its upload's items, as they are sent.
    pub(super) fn written(&self, method: &Method) -> Vec<String> {
        let written = method.parameters.iter().map(|parameter| {
            let conversion = parameter.conversion.as_ref();
            match conversion.filter(|_| parameter.kind != ParameterKind::Upload) {
                Some(conversion) => self.expression(conversion, &parameter.name, Direction::In),
                None => parameter.name.clone(),
            }
        });
        written.collect()
    }
}

fn verb(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "write",
        Direction::Out => "read",
    }
}

/// `(item: any) => …`; an object's braces would be a body.
fn arrow(expression: &str) -> String {
    if expression.starts_with('{') {
        format!("(item: any) => ({expression})")
    } else {
        format!("(item: any) => {expression}")
    }
}

/// A member of a value.
fn access(value: &str, member: &str) -> String {
    let name = text::property_name(member);
    if name.starts_with('"') {
        format!("{value}[{name}]")
    } else {
        format!("{value}.{name}")
    }
}

fn tested(test: &Test, value: &str) -> String {
    match test {
        Test::Object => format!("isObjectValue({value})"),
        Test::Array => format!("Array.isArray({value})"),
        Test::Tag { member, literals } => {
            let member = access(value, member);
            let tests = literals.iter().map(|it| format!("{member} === {it}"));
            tests.collect::<Vec<_>>().join(" || ")
        }
        Test::Key {
            member,
            among_others,
        } => {
            let found = format!("{} in {value}", text::quoted(member));
            if *among_others {
                format!("isObjectValue({value}) && {found}")
            } else {
                found
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::HEADER;
    use crate::names::VALUE_FUNCTIONS;

    #[test]
    fn the_file_exports_what_hub_files_import() {
        assert!(TEXT.starts_with(HEADER));
        let exports = TEXT.split("export function ").skip(1);
        let exports: BTreeSet<_> = exports.filter_map(|it| it.split('(').next()).collect();
        assert_eq!(exports, VALUE_FUNCTIONS.iter().copied().collect());
    }
}
