//! What tells the variants of an enum apart at run time, by JavaScript's means.

use super::form::{Alternative, Form, Object, Property};
use super::typescript::{Declared, Written};
use std::collections::BTreeSet;

/// What tells a variant from the others of its enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    /// It is the only object.
    Object,
    /// It is the only array.
    Array,
    /// A member is one of these literals.
    Tag {
        member: String,
        literals: Vec<String>,
    },
    /// It alone has this member.
    Key {
        member: String,
        /// Whether there are others that are no objects.
        among_others: bool,
    },
}

impl Declared<'_> {
    /// What tells an operand from the others: a test, or that it goes without one; `None` if nothing
    /// does.
    #[expect(clippy::option_option, reason = "no test is needed, or none is found")]
    pub(super) fn test(
        &self,
        own: &[Alternative<Written<'_>>],
        others: &[&Alternative<Written<'_>>],
    ) -> Option<Option<Test>> {
        let kinds: Vec<_> = own.iter().map(|one| Kind::of(&one.form)).collect();
        let meets = |other: &&&Alternative<_>| match Kind::of(&other.form) {
            Kind::Null => false,
            Kind::Any => true,
            kind => kinds.contains(&kind),
        };
        let rivals: Vec<_> = others.iter().filter(meets).collect();
        let all = |kind| kinds.iter().all(|one| *one == kind);
        match (all(Kind::Object), rivals.is_empty()) {
            (true, true) => Some(Some(Test::Object)),
            (false, true) if all(Kind::Array) => Some(Some(Test::Array)),
            (false, true) if all(Kind::Text) => Some(None),
            (true, false) => {
                let rivals: Option<Vec<_>> = rivals.iter().map(|one| object(&one.form)).collect();
                let own: Option<Vec<_>> = own.iter().map(|one| object(&one.form)).collect();
                let among_others = others.iter().any(|one| object(&one.form).is_none());
                self.test_of_objects(&own?, &rivals?, among_others)
                    .map(Some)
            }
            _ => None,
        }
    }

    fn test_of_objects(
        &self,
        own: &[&Object<Written<'_>>],
        rivals: &[&Object<Written<'_>>],
        among_others: bool,
    ) -> Option<Test> {
        let names = own.first()?.members.iter().map(|member| &member.name);
        for name in names.clone() {
            let (Some(literals), Some(theirs)) =
                (self.literals(own, name), self.literals(rivals, name))
            else {
                continue;
            };
            if literals.is_disjoint(&theirs) {
                return Some(Test::Tag {
                    member: name.clone(),
                    literals: literals.into_iter().collect(),
                });
            }
        }
        let has = |object: &&Object<_>, name: &str| member(object, name).is_some();
        let required = |object: &&Object<_>, name: &str| {
            member(object, name).is_some_and(|member: &Property<_>| !member.optional)
        };
        let mut names = names.filter(|name| {
            own.iter().all(|object| required(object, name))
                && !rivals
                    .iter()
                    .any(|object| has(object, name) || object.rest.is_some())
        });
        names.next().map(|name| Test::Key {
            member: name.clone(),
            among_others,
        })
    }

    /// The literals that a member is in all of the objects; `None` if it may be another value.
    fn literals(&self, objects: &[&Object<Written<'_>>], name: &str) -> Option<BTreeSet<String>> {
        let mut literals = BTreeSet::new();
        for object in objects {
            let member = member(object, name).filter(|member| !member.optional)?;
            for one in self.alternatives(&member.ty, &mut Vec::new()) {
                match one.form {
                    Form::Literal(literal) => literals.insert(literal),
                    _ => return None,
                };
            }
        }
        Some(literals)
    }
}

/// What JavaScript can tell apart of what JSON carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Boolean,
    Number,
    Text,
    Array,
    Object,
    /// Nobody knows.
    Any,
}

impl Kind {
    fn of<R>(form: &Form<R>) -> Self {
        match form {
            Form::Any => Self::Any,
            Form::Null => Self::Null,
            Form::Boolean => Self::Boolean,
            Form::Number { .. } => Self::Number,
            Form::Literal(literal) if !literal.starts_with('"') => Self::Number,
            Form::Literal(_) | Form::Text { .. } | Form::Bytes | Form::Moment => Self::Text,
            Form::List { .. } | Form::Tuple(_) => Self::Array,
            Form::Object(_) => Self::Object,
        }
    }
}

fn object<R>(form: &Form<R>) -> Option<&Object<R>> {
    match form {
        Form::Object(object) => Some(object),
        _ => None,
    }
}

fn member<'x, R>(object: &'x Object<R>, name: &str) -> Option<&'x Property<R>> {
    object.members.iter().find(|member| member.name == name)
}
