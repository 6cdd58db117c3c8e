//! The values of a type as a list of alternatives that can be told apart: names are looked up, unions
//! opened, and intersections of objects joined.

use super::description::Types;
use crate::syntax::Type;
use std::collections::BTreeMap;

/// How deep names are looked up. A type that needs more names itself without an end.
const DEEPEST: usize = 64;
/// How many alternatives an intersection of unions may have.
const MOST: usize = 512;

/// One of the shapes that a value may have.
#[derive(Debug, Clone)]
pub(super) enum Alternative {
    Object(BTreeMap<String, Property>),
    Map {
        key: Type,
        value: Type,
    },
    Tuple(Vec<Type>),
    List(Type),
    /// `string`, `null`, `"red"`, `3`.
    Word(String),
    /// What is not understood: it is what it was as long as it is called the same, and what it mentions is.
    Opaque(Type),
}

/// A member of an object.
#[derive(Debug, Clone)]
pub(super) struct Property {
    pub(super) optional: bool,
    pub(super) ty: Type,
}

/// Everything that a value of the type may be.
pub(super) fn alternatives(ty: &Type, types: &Types) -> Vec<Alternative> {
    expand(ty, types, 0)
}

fn expand(ty: &Type, types: &Types, depth: usize) -> Vec<Alternative> {
    let opaque = || vec![Alternative::Opaque(ty.clone())];
    if depth > DEEPEST {
        return opaque();
    }
    match ty {
        Type::Object(members) => {
            let members = members.iter().map(|member| {
                let property = Property {
                    optional: member.optional,
                    ty: member.ty.clone(),
                };
                (member.name.clone(), property)
            });
            vec![Alternative::Object(members.collect())]
        }
        Type::Map {
            key,
            optional,
            value,
        } => vec![map(key, *optional, value, types, depth)],
        Type::Tuple(items) => vec![Alternative::Tuple(items.clone())],
        Type::Documented { ty, .. } => expand(ty, types, depth),
        Type::Union(operands) => operands
            .iter()
            .flat_map(|operand| expand(operand, types, depth))
            .collect(),
        Type::Intersection(operands) => {
            let operands = operands.iter().map(|it| expand(it, types, depth));
            joined(operands).unwrap_or_else(opaque)
        }
        Type::Name { name, arguments } => match (types.get(name), name.as_str()) {
            (Some(named), _) => {
                let parameters = named.parameters.iter().map(String::as_str);
                let given = parameters.zip(arguments).collect();
                expand(&substituted(&named.ty, &given), types, depth + 1)
            }
            (None, "Array") if arguments.len() == 1 => {
                vec![Alternative::List(arguments[0].clone())]
            }
            (None, "boolean") => ["false", "true"]
                .map(|word| Alternative::Word(word.to_owned()))
                .into(),
            (None, _) if arguments.is_empty() => vec![Alternative::Word(name.clone())],
            (None, _) => opaque(),
        },
        Type::Special(_) | Type::Verbatim(_) => opaque(),
    }
}

/// A map whose keys are known is an object.
fn map(key: &Type, optional: bool, value: &Type, types: &Types, depth: usize) -> Alternative {
    let keys = expand(key, types, depth + 1).into_iter();
    let names = keys.map(|key| match key {
        Alternative::Word(word) => Some(word.strip_prefix('"')?.strip_suffix('"')?.to_owned()),
        _ => None,
    });
    let property = || Property {
        optional,
        ty: value.clone(),
    };
    let known: Option<BTreeMap<_, _>> = names.map(|name| Some((name?, property()))).collect();
    known.map_or_else(
        || Alternative::Map {
            key: key.clone(),
            value: value.clone(),
        },
        Alternative::Object,
    )
}

/// The alternatives of an intersection; `None` unless all are objects, and not too many.
fn joined(operands: impl Iterator<Item = Vec<Alternative>>) -> Option<Vec<Alternative>> {
    let mut all = vec![BTreeMap::new()];
    for operand in operands {
        if all.len() * operand.len() > MOST {
            return None;
        }
        let mut next = Vec::new();
        for alternative in operand {
            let Alternative::Object(members) = alternative else {
                return None;
            };
            next.extend(all.iter().map(|known| both(known, &members)));
        }
        all = next;
    }
    Some(all.into_iter().map(Alternative::Object).collect())
}

type Properties = BTreeMap<String, Property>;

fn both(first: &Properties, second: &Properties) -> Properties {
    let mut members = first.clone();
    for (name, property) in second {
        let known = members.get(name).cloned();
        let property = known.map_or_else(
            || property.clone(),
            |known| Property {
                optional: known.optional && property.optional,
                ty: Type::Intersection(vec![known.ty, property.ty.clone()]),
            },
        );
        members.insert(name.clone(), property);
    }
    members
}

/// The type with what was given for its parameters.
fn substituted(ty: &Type, given: &BTreeMap<&str, &Type>) -> Type {
    match ty {
        _ if given.is_empty() => ty.clone(),
        Type::Name { name, arguments } if arguments.is_empty() => match given.get(name.as_str()) {
            Some(ty) => (*ty).clone(),
            None => ty.clone(),
        },
        Type::Documented { ty, .. } => substituted(ty, given),
        _ => ty.map_parts(|ty| substituted(ty, given)),
    }
}

impl Alternative {
    /// The text for messages.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Object(members) => {
                let members = members.iter().map(|(name, property)| {
                    let mark = if property.optional { "?" } else { "" };
                    format!("{name}{mark}: {}", property.ty)
                });
                format!("{{ {} }}", members.collect::<Vec<_>>().join("; "))
            }
            Self::Map { key, value } => format!("{{ [key in {key}]: {value} }}"),
            Self::Tuple(types) => Type::Tuple(types.clone()).to_string(),
            Self::List(item) => format!("Array<{item}>"),
            Self::Word(word) => word.clone(),
            Self::Opaque(ty) => ty.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::description::Description;

    #[track_caller]
    fn check(ty: &str, types: &[&str], expected: &[&str]) {
        let types = Description::parse("Hub", 1, types).unwrap().types;
        let found = alternatives(&Type::parse(ty).unwrap(), &types);
        let found: Vec<_> = found.iter().map(Alternative::text).collect();
        assert_eq!(found, expected, "{ty}");
    }

    #[test]
    fn unions_and_names_are_opened() {
        let types = [
            "type Id = string",
            "type Color",
            "  | \"red\"",
            "  | \"blue\"",
        ];
        check("Id | null", &types, &["string", "null"]);
        check("Color", &types, &["\"red\"", "\"blue\""]);
        check("boolean", &types, &["false", "true"]);
        check(
            "{ [key in Color]?: Id }",
            &types,
            &["{ blue?: Id; red?: Id }"],
        );
        check("{ [key in Id]: Id }", &types, &["{ [key in Id]: Id }"]);
    }

    #[test]
    fn generic_types_are_given_their_arguments() {
        let types = [
            "type Page<T>",
            "  items: Array<T>",
            "  next: [T, { [key in T]: T }] | Page<T>",
        ];
        check(
            "Page<string>",
            &types,
            &[
                "{ items: Array<string>; next: [string, { [key in string]: string }] | Page<string> }",
            ],
        );
    }

    #[test]
    fn objects_are_joined() {
        check(
            "({ a: A } | { b: B }) & { c: C }",
            &[],
            &["{ a: A; c: C }", "{ b: B; c: C }"],
        );
        check("A & { c: C }", &[], &["A & { c: C }"]);
    }

    #[test]
    fn types_that_name_themselves_come_to_an_end() {
        check("A", &["type A = A"], &["A"]);
    }
}
