//! The forms that a TypeScript type allows.

use super::form::{Alternative, Form, Object, Property, both, distinct};
use super::{Declaration, address};
use crate::syntax::{Special, Type};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A type expression, and what the parameters in it stand for.
#[derive(Debug, Clone)]
pub(super) struct Written<'a> {
    pub(super) ty: &'a Type,
    scope: Scope<'a>,
}

type Scope<'a> = Rc<BTreeMap<String, Written<'a>>>;
type Alternatives<'a> = Vec<Alternative<Written<'a>>>;

/// How deep aliases may follow each other without anything in between.
const DEPTH: usize = 64;

impl<'a> Written<'a> {
    /// An expression outside of declarations.
    pub(super) fn new(ty: &'a Type) -> Self {
        Self {
            ty,
            scope: Scope::default(),
        }
    }

    fn within(&self, ty: &'a Type) -> Self {
        Self {
            ty,
            scope: Rc::clone(&self.scope),
        }
    }

    /// What tells the expression apart: where it stands, and what parameters stand for there.
    pub(super) fn identity(&self) -> String {
        let scope = self.scope.iter();
        let scope = scope.map(|(name, ty)| format!("{name}={}", ty.identity()));
        format!(
            "{:x}<{}>",
            address(self.ty),
            scope.collect::<Vec<_>>().join(",")
        )
    }
}

/// The declarations of a run, by name.
#[derive(Debug)]
pub(super) struct Declared<'a> {
    all: &'a [Declaration],
    by_name: BTreeMap<&'a str, usize>,
}

impl<'a> Declared<'a> {
    pub(super) fn new(all: &'a [Declaration]) -> Self {
        let names = all.iter().enumerate();
        Self {
            all,
            by_name: names.map(|(at, ty)| (ty.name.as_str(), at)).collect(),
        }
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Declaration> {
        self.position(name).map(|at| &self.all[at])
    }

    /// Reads a type, up to the types of its members. The declarations it goes through are noted.
    pub(super) fn alternatives(
        &self,
        written: &Written<'a>,
        used: &mut Vec<usize>,
    ) -> Alternatives<'a> {
        distinct(self.read(written, used, 0))
    }

    fn read(&self, written: &Written<'a>, used: &mut Vec<usize>, depth: usize) -> Alternatives<'a> {
        if depth > DEPTH {
            return vec![Form::Any.into()];
        }
        match written.ty {
            Type::Union(types) => {
                let read = types.iter().flat_map(|ty| {
                    let mut found = self.read(&written.within(ty), used, depth + 1);
                    if let [only] = found.as_mut_slice() {
                        only.origin.get_or_insert(address(ty));
                    }
                    found
                });
                read.collect()
            }
            Type::Intersection(types) => {
                let mut all: Alternatives<'a> = vec![Form::Any.into()];
                for ty in types {
                    all = both(&all, &self.read(&written.within(ty), used, depth + 1));
                }
                all
            }
            Type::Documented { ty, .. } => self.read(&written.within(ty), used, depth + 1),
            Type::Object(members) => {
                let members = members.iter().map(|member| Property {
                    name: member.name.clone(),
                    optional: member.optional,
                    ty: written.within(&member.ty),
                    origin: Some(address(member)),
                });
                let members = members.collect();
                vec![
                    Form::Object(Object {
                        members,
                        rest: None,
                    })
                    .into(),
                ]
            }
            Type::Map { key, value, .. } => {
                vec![Form::Object(self.map(written, key, value, used)).into()]
            }
            Type::Tuple(types) => {
                let items = types.iter().map(|ty| written.within(ty));
                vec![Form::Tuple(items.collect()).into()]
            }
            Type::Name { name, arguments } => self.name(written, name, arguments, used, depth),
            Type::Special(Special::Bytes) => vec![Form::Bytes.into()],
            Type::Special(Special::Moment { .. }) => vec![Form::Moment.into()],
            Type::Verbatim(_) => vec![Form::Any.into()],
        }
    }

    fn name(
        &self,
        written: &Written<'a>,
        name: &'a str,
        arguments: &'a [Type],
        used: &mut Vec<usize>,
        depth: usize,
    ) -> Alternatives<'a> {
        if let Some(argument) = written.scope.get(name) {
            return self.read(argument, used, depth + 1);
        }
        if let Some(at) = self.position(name) {
            used.push(at);
            let declaration = &self.all[at];
            let arguments = arguments.iter().map(|ty| written.within(ty));
            let scope = declaration.parameters().into_iter().zip(arguments);
            let body = Written {
                ty: &declaration.ty,
                scope: Rc::new(scope.collect()),
            };
            return self.read(&body, used, depth + 1);
        }
        let form = match (name, arguments) {
            ("null", _) => Form::Null,
            ("boolean", _) => Form::Boolean,
            ("number", _) => Form::Number { large: None },
            ("bigint", _) => Form::Number {
                large: Some("u64".to_owned()),
            },
            ("string", _) => Form::Text {
                place: Some(address(written.ty)),
            },
            ("Uint8Array", _) => Form::Bytes,
            ("Date", _) => Form::Moment,
            ("never", _) => return Vec::new(),
            ("Array", [item]) => Form::List {
                item: written.within(item),
                length: None,
            },
            ("Record", _) => Form::Object(Object {
                members: Vec::new(),
                rest: None,
            }),
            (literal, _) if literal.starts_with('"') || is_number(literal) => {
                Form::Literal(literal.to_owned())
            }
            _ => Form::Any,
        };
        vec![form.into()]
    }

    /// A map whose keys are listed is an object.
    fn map(
        &self,
        written: &Written<'a>,
        key: &'a Type,
        value: &'a Type,
        used: &mut Vec<usize>,
    ) -> Object<Written<'a>> {
        let keys = self.read(&written.within(key), used, 0);
        let names: Option<Vec<_>> = keys
            .iter()
            .map(|key| match &key.form {
                Form::Literal(literal) => serde_json::from_str::<String>(literal).ok(),
                _ => None,
            })
            .collect();
        let value = written.within(value);
        match names {
            Some(names) if !names.is_empty() => Object {
                members: names
                    .into_iter()
                    .map(|name| Property {
                        name,
                        optional: true,
                        ty: value.clone(),
                        origin: None,
                    })
                    .collect(),
                rest: None,
            },
            _ => Object {
                members: Vec::new(),
                rest: Some(value),
            },
        }
    }
}

fn is_number(text: &str) -> bool {
    text.trim_start_matches('-')
        .starts_with(|first: char| first.is_ascii_digit())
}
