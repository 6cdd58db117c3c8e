//! The TypeScript that ts-rs prints, read back so that it can be laid out and examined.
//!
//! Only what ts-rs writes by itself is understood. Whatever else stands in a
//! `#[ts(type = "…")]` is kept as it is, as long as its brackets and quotes are closed.

mod parser;

use crate::config::Dates;
use crate::text;
use std::collections::BTreeSet;
use std::fmt;

/// A type expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Object(Vec<Member>),
    /// `{ [key in K]: V }`
    Map {
        key: Box<Type>,
        optional: bool,
        value: Box<Type>,
    },
    Tuple(Vec<Type>),
    Union(Vec<Type>),
    Intersection(Vec<Type>),
    /// A name with its type arguments, or a literal.
    Name {
        name: String,
        arguments: Vec<Type>,
    },
    /// An operand of a union with its documentation. Nobody writes it: it is made for printing.
    Documented {
        docs: Vec<String>,
        ty: Box<Type>,
    },
    /// What users hold in one form, and the protocols carry in others. Nobody writes it: it is found by
    /// comparing with the schema.
    Special(Special),
    /// Text of the user's that nobody here understands.
    Verbatim(String),
}

/// A value that generated code converts on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// Base64 text in JSON, and binary in MessagePack.
    Bytes,
    /// A date and time with its offset: text in JSON.
    Moment {
        /// Whether it is a timestamp in MessagePack, which its client library reads as a `Date`; or
        /// else text there too.
        timestamp: bool,
        /// What users hold.
        dates: Dates,
    },
}

/// A property of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) docs: Vec<String>,
    pub(crate) name: String,
    pub(crate) optional: bool,
    pub(crate) ty: Type,
}

impl Type {
    /// Reads a type expression; `None` if its brackets or quotes are not closed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        parser::parse(text)
    }

    /// Calls `visit` with each type that stands directly in this one.
    pub(crate) fn each_part<'a>(&'a self, mut visit: impl FnMut(&'a Self)) {
        match self {
            Self::Object(members) => members.iter().for_each(|member| visit(&member.ty)),
            Self::Map { key, value, .. } => {
                visit(key);
                visit(value);
            }
            Self::Tuple(types) | Self::Union(types) | Self::Intersection(types) => {
                types.iter().for_each(visit);
            }
            Self::Name { arguments, .. } => arguments.iter().for_each(visit),
            Self::Documented { ty, .. } => visit(ty),
            Self::Special(_) | Self::Verbatim(_) => {}
        }
    }

    /// The same with `change` made of each type that stands directly in this one.
    pub(crate) fn map_parts(&self, mut change: impl FnMut(&Self) -> Self) -> Self {
        let mut all = |types: &[Self]| types.iter().map(&mut change).collect();
        match self {
            Self::Tuple(types) => Self::Tuple(all(types)),
            Self::Union(types) => Self::Union(all(types)),
            Self::Intersection(types) => Self::Intersection(all(types)),
            Self::Name { name, arguments } => Self::Name {
                name: name.clone(),
                arguments: all(arguments),
            },
            Self::Object(members) => {
                let members = members.iter().map(|member| Member {
                    docs: member.docs.clone(),
                    name: member.name.clone(),
                    optional: member.optional,
                    ty: change(&member.ty),
                });
                Self::Object(members.collect())
            }
            Self::Map {
                key,
                optional,
                value,
            } => Self::Map {
                key: Box::new(change(key)),
                optional: *optional,
                value: Box::new(change(value)),
            },
            Self::Documented { docs, ty } => Self::Documented {
                docs: docs.clone(),
                ty: Box::new(change(ty)),
            },
            Self::Special(special) => Self::Special(*special),
            Self::Verbatim(text) => Self::Verbatim(text.clone()),
        }
    }

    /// Adds the names the expression mentions.
    pub(crate) fn mentions(&self, names: &mut BTreeSet<String>) {
        match self {
            Self::Name { name, .. } => {
                names.insert(name.clone());
            }
            Self::Verbatim(text) => {
                let words = text.split(|l: char| !(l.is_alphanumeric() || l == '_' || l == '$'));
                names.extend(words.map(str::to_owned));
            }
            _ => {}
        }
        self.each_part(|ty| ty.mentions(names));
    }

    /// Calls `visit` with the key of every map inside.
    pub(crate) fn map_keys<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        if let Self::Map { key, value, .. } = self {
            visit(key);
            return value.map_keys(visit);
        }
        self.each_part(|ty| ty.map_keys(visit));
    }

    /// Calls `visit` with every member inside.
    pub(crate) fn each_member<'a>(&'a self, visit: &mut impl FnMut(&'a Member)) {
        match self {
            Self::Object(members) => {
                for member in members {
                    visit(member);
                    member.ty.each_member(visit);
                }
            }
            Self::Map { value, .. } => value.each_member(visit),
            _ => self.each_part(|ty| ty.each_member(visit)),
        }
    }

    /// Whether documentation stands inside, which needs lines of its own.
    pub(crate) fn has_docs(&self) -> bool {
        match self {
            Self::Object(members) => members
                .iter()
                .any(|member| !member.docs.is_empty() || member.ty.has_docs()),
            Self::Map { value, .. } => value.has_docs(),
            Self::Tuple(types) | Self::Union(types) | Self::Intersection(types) => {
                types.iter().any(Self::has_docs)
            }
            Self::Name { arguments, .. } => arguments.iter().any(Self::has_docs),
            Self::Documented { .. } => true,
            Self::Special(_) | Self::Verbatim(_) => false,
        }
    }
}

/// On one line, without the documentation.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object(members) if members.is_empty() => f.write_str("{}"),
            Self::Object(members) => {
                let members: Vec<_> = members.iter().map(Member::to_string).collect();
                write!(f, "{{ {} }}", members.join("; "))
            }
            Self::Map {
                key,
                optional,
                value,
            } => {
                write!(
                    f,
                    "{{ [key in {key}]{}: {value} }}",
                    if *optional { "?" } else { "" }
                )
            }
            Self::Tuple(types) => write!(f, "[{}]", join(types, ", ")),
            Self::Union(types) => f.write_str(&join(types, " | ")),
            Self::Intersection(types) => {
                let types: Vec<_> = types.iter().map(Self::operand).collect();
                f.write_str(&types.join(" & "))
            }
            Self::Name { name, arguments } if arguments.is_empty() => f.write_str(name),
            Self::Name { name, arguments } => write!(f, "{name}<{}>", join(arguments, ", ")),
            Self::Documented { ty, .. } => ty.fmt(f),
            Self::Special(special) => f.write_str(special.shown()),
            Self::Verbatim(text) => f.write_str(text),
        }
    }
}

impl Special {
    /// What users hold.
    pub(crate) fn shown(self) -> &'static str {
        match self {
            Self::Bytes => "Uint8Array",
            Self::Moment { dates, .. } => match dates {
                Dates::Text => "string",
                Dates::Date => "Date",
            },
        }
    }

    /// What the client library takes and gives without any conversion.
    pub(crate) fn on_the_wire(self) -> Type {
        let name = |name: &str| Type::Name {
            name: name.to_owned(),
            arguments: Vec::new(),
        };
        match self {
            Self::Bytes => Type::Union(vec![name("Uint8Array"), name("string")]),
            Self::Moment {
                timestamp: true, ..
            } => Type::Union(vec![name("Date"), name("string")]),
            Self::Moment {
                timestamp: false, ..
            } => name("string"),
        }
    }
}

impl Type {
    /// The text as an operand of `&`.
    pub(crate) fn operand(&self) -> String {
        match self {
            Self::Union(_) | Self::Verbatim(_) => format!("({self})"),
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.head(), self.ty)
    }
}

impl Member {
    /// The name, and the mark that it may be missing.
    pub(crate) fn head(&self) -> String {
        format!(
            "{}{}",
            text::property_name(&self.name),
            if self.optional { "?" } else { "" }
        )
    }
}

fn join(types: &[Type], separator: &str) -> String {
    types
        .iter()
        .map(Type::to_string)
        .collect::<Vec<_>>()
        .join(separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_wherever_they_stand() {
        let mut names = BTreeSet::new();
        Type::parse("{ a: Page<A> | null, m: { [key in K]: [V] } }")
            .unwrap()
            .mentions(&mut names);
        Type::parse("(x: Other) => void")
            .unwrap()
            .mentions(&mut names);
        for name in ["Page", "A", "K", "V", "Other"] {
            assert!(names.contains(name), "{name}");
        }
    }
}
