//! The forms that a JSON schema allows.

use super::form::{Alternative, Form, Object, Property, both, distinct};
use serde_json::{Map, Value};

type Alternatives<'a> = Vec<Alternative<&'a Value>>;

/// How deep references may follow each other without anything in between.
const DEPTH: usize = 64;

/// The schemas that references lead to.
pub(super) type Definitions = Map<String, Value>;

/// The name behind a reference.
fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}

/// Reads a schema, up to the types of its members.
pub(super) fn alternatives<'a>(
    schema: &'a Value,
    definitions: &'a Definitions,
) -> Alternatives<'a> {
    distinct(read(schema, definitions, 0))
}

fn read<'a>(schema: &'a Value, definitions: &'a Definitions, depth: usize) -> Alternatives<'a> {
    let Value::Object(keys) = schema else {
        return match schema {
            Value::Bool(false) => Vec::new(),
            _ => vec![Form::Any.into()],
        };
    };
    if depth > DEPTH {
        return vec![Form::Any.into()];
    }
    let next = |schema| read(schema, definitions, depth + 1);
    let mut all: Alternatives<'a> = vec![Form::Any.into()];
    if let Some(target) = reference(schema) {
        // Names with odd letters are escaped in references.
        let target = definitions.get(&decoded(target));
        all = both(&all, &target.map(next).unwrap_or_default());
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(Value::Array(choices)) = keys.get(key) {
            let choices = choices.iter().flat_map(|choice| {
                let docs = choice.get("description").and_then(Value::as_str);
                let mut found = next(choice);
                if let ([only], Some(docs)) = (found.as_mut_slice(), docs) {
                    only.docs = Some(docs.to_owned());
                }
                found
            });
            all = both(&all, &choices.collect::<Vec<_>>());
        }
    }
    if let Some(Value::Array(parts)) = keys.get("allOf") {
        for part in parts {
            all = both(&all, &next(part));
        }
    }
    if let Some(own) = own(keys) {
        all = both(&all, &own);
    }
    all
}

/// `~1` and `%…` stand for what a reference cannot hold.
fn decoded(name: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next(), rest.next()].map(|digit| digit.unwrap_or(b'0') as char);
            let digits: String = digits.into_iter().collect();
            bytes.push(u8::from_str_radix(&digits, 16).unwrap_or(b'%'));
        } else {
            bytes.push(byte);
        }
    }
    let text = String::from_utf8_lossy(&bytes);
    text.replace("~1", "/").replace("~0", "~")
}

/// What the schema says by itself; nothing if it leaves that to others.
fn own(keys: &Map<String, Value>) -> Option<Alternatives<'_>> {
    if let Some(value) = keys.get("const") {
        return Some(vec![literal(value).into()]);
    }
    if let Some(Value::Array(values)) = keys.get("enum") {
        return Some(values.iter().map(|value| literal(value).into()).collect());
    }
    let types: Vec<&str> = match keys.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ if keys.contains_key("properties") => vec!["object"],
        _ => return None,
    };
    Some(types.into_iter().map(|ty| form(ty, keys).into()).collect())
}

fn literal<'a>(value: &Value) -> Form<&'a Value> {
    match value {
        Value::Null => Form::Null,
        other => Form::Literal(other.to_string()),
    }
}

fn form<'a>(ty: &str, keys: &'a Map<String, Value>) -> Form<&'a Value> {
    match ty {
        "null" => Form::Null,
        "boolean" => Form::Boolean,
        "integer" => Form::Number {
            large: large_integer(keys).map(str::to_owned),
        },
        "number" => Form::Number { large: None },
        "array" => array(keys),
        "object" => Form::Object(object(keys)),
        "string" if keys.contains_key("contentEncoding") => Form::Bytes,
        // Its words for dates without an offset begin with `partial-`, and a day's is `date`.
        "string" if keys.get("format").is_some_and(|it| it == "date-time") => Form::Moment,
        _ => Form::Text { place: None },
    }
}

fn large_integer(keys: &Map<String, Value>) -> Option<&'static str> {
    match keys.get("format")?.as_str()? {
        "int64" => Some("i64"),
        "uint64" => Some("u64"),
        "int128" => Some("i128"),
        "uint128" => Some("u128"),
        "int" => Some("isize"),
        "uint" => Some("usize"),
        _ => None,
    }
}

fn array(keys: &Map<String, Value>) -> Form<&Value> {
    let number = |key| keys.get(key).and_then(Value::as_u64);
    match (keys.get("prefixItems"), keys.get("items")) {
        (Some(Value::Array(items)), _) => Form::Tuple(items.iter().collect()),
        (_, Some(item)) => Form::List {
            item,
            length: number("maxItems")
                .filter(|_| number("minItems") == number("maxItems"))
                .map(|length| length as usize),
        },
        _ if number("maxItems") == Some(0) => Form::Tuple(Vec::new()),
        _ => Form::List {
            item: &Value::Bool(true),
            length: None,
        },
    }
}

fn object(keys: &Map<String, Value>) -> Object<&Value> {
    let required: Vec<_> = match keys.get("required") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let mut members = Vec::new();
    if let Some(Value::Object(properties)) = keys.get("properties") {
        members.extend(properties.iter().map(|(name, ty)| Property {
            name: name.clone(),
            optional: !required.contains(&name.as_str()),
            ty,
            origin: None,
        }));
        // `properties` are sorted by name; `required` keeps the order of declaration.
        let place = |name: &String| required.iter().position(|it| it == name);
        members.sort_by_key(|member| place(&member.name).unwrap_or(usize::MAX));
    }
    let patterns = keys.get("patternProperties").and_then(Value::as_object);
    let others = patterns.and_then(|patterns| patterns.values().next());
    Object {
        members,
        rest: others.or_else(|| {
            keys.get("additionalProperties")
                .or_else(|| keys.get("unevaluatedProperties"))
                .filter(|rest| rest.is_object())
        }),
    }
}
