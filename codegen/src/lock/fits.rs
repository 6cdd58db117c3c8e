//! Whether what one side sends is still what the other side reads, after a type has changed.
//!
//! What is sent has to be among what was expected. Beyond that, nothing that was there may go, even
//! where its readers would bear it: else it could come back later as something else, and a client
//! that knew it first would be told that nothing has changed.

use super::alternatives::{Alternative, Property, alternatives};
use super::description::Types;
use crate::syntax::Type;
use std::collections::{BTreeMap, BTreeSet};

/// Which way a value goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Earlier clients send it, the new server reads it.
    ToServer,
    /// The new server sends it, earlier clients read it.
    ToClient,
}

/// What no longer fits, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    /// From the outside in: names of members, `[]` for items.
    pub(super) path: Vec<String>,
    pub(super) problem: String,
}

/// Compares two states of the types of a contract.
pub(super) struct Comparison<'a> {
    old: &'a Types,
    new: &'a Types,
    direction: Direction,
    /// Pairs of types that are being compared further out, or were: types may hold themselves.
    seen: BTreeSet<(String, String)>,
}

type Fits = Result<(), Misfit>;

impl<'a> Comparison<'a> {
    pub(super) fn new(old: &'a Types, new: &'a Types, direction: Direction) -> Self {
        Self {
            old,
            new,
            direction,
            seen: BTreeSet::new(),
        }
    }

    /// Whether values of a type that was `old` and is `new` still arrive.
    pub(super) fn ty(&mut self, old: &Type, new: &Type) -> Fits {
        if !self.seen.insert((old.to_string(), new.to_string())) {
            return Ok(());
        }
        let before = alternatives(old, self.old);
        let after = alternatives(new, self.new);
        let (sent, expected) = match self.direction {
            Direction::ToServer => (&before, &after),
            Direction::ToClient => (&after, &before),
        };
        for one in sent {
            self.one_of(one, expected)
                .map_err(|misfit| misfit.unwrap_or_else(|| self.changed(old, new, one, sent)))?;
        }
        Ok(())
    }

    /// Whether something that is sent is expected. A misfit deep inside of what comes closest says more
    /// than that there is one.
    fn one_of(
        &mut self,
        sent: &Alternative,
        expected: &[Alternative],
    ) -> Result<(), Option<Misfit>> {
        let mut closest: Option<Misfit> = None;
        for candidate in expected {
            let seen = self.seen.clone();
            let fits = match self.direction {
                Direction::ToServer => self.alternative(sent, candidate, sent, candidate),
                Direction::ToClient => self.alternative(candidate, sent, sent, candidate),
            };
            match fits {
                Ok(()) => return Ok(()),
                Err(misfit) => {
                    self.seen = seen;
                    let depth = |misfit: &Misfit| misfit.path.len();
                    let is_closer = closest.as_ref().is_none_or(|it| depth(it) < depth(&misfit));
                    if is_closer && !are_told_apart(sent, candidate) {
                        closest = Some(misfit);
                    }
                }
            }
        }
        Err(closest.filter(|misfit| !misfit.path.is_empty()))
    }

    fn alternative(
        &mut self,
        old: &Alternative,
        new: &Alternative,
        sent: &Alternative,
        expected: &Alternative,
    ) -> Fits {
        use Alternative::{List, Map, Object, Opaque, Tuple, Word};
        match (old, new) {
            (Word(_), Word(_)) if is_among(sent, expected) => Ok(()),
            (List(old), List(new)) => self.ty(old, new).map_err(|it| it.within("[]")),
            (Tuple(old), Tuple(new)) if old.len() == new.len() => {
                let mut items = old.iter().zip(new).enumerate();
                items.try_for_each(|(at, (old, new))| {
                    let fits = self.ty(old, new);
                    fits.map_err(|it| it.within(&format!("[{at}]")))
                })
            }
            (
                Map { key, value, .. },
                Map {
                    key: new_key,
                    value: new_value,
                    ..
                },
            ) => {
                self.ty(key, new_key).map_err(|it| it.within("keys"))?;
                self.ty(value, new_value).map_err(|it| it.within("[]"))
            }
            (Object(old), Object(new)) => self.object(old, new),
            (Opaque(old), Opaque(new)) if old.to_string() == new.to_string() => self.mentioned(old),
            _ if accepts_all(expected) => Ok(()),
            _ => Err(Misfit::here(String::new())),
        }
    }

    fn object(
        &mut self,
        old: &BTreeMap<String, Property>,
        new: &BTreeMap<String, Property>,
    ) -> Fits {
        for (name, before) in old {
            let Some(after) = new.get(name) else {
                return Err(Misfit::here("is gone".to_owned()).within(name));
            };
            let newly = match self.direction {
                Direction::ToServer => before.optional && !after.optional,
                Direction::ToClient => after.optional && !before.optional,
            };
            if newly {
                let problem = match self.direction {
                    Direction::ToServer => "can no longer be left out",
                    Direction::ToClient => "may be missing now",
                };
                return Err(Misfit::here(problem.to_owned()).within(name));
            }
            self.ty(&before.ty, &after.ty)
                .map_err(|it| it.within(name))?;
        }
        for (name, after) in new {
            let is_demanded = self.direction == Direction::ToServer && !after.optional;
            if !old.contains_key(name) && is_demanded {
                let problem = "is new, and earlier clients leave it out".to_owned();
                return Err(Misfit::here(problem).within(name));
            }
        }
        Ok(())
    }

    /// Compares the declared types that a text mentions which nobody understands.
    fn mentioned(&mut self, ty: &Type) -> Fits {
        let mut names = BTreeSet::new();
        ty.mentions(&mut names);
        let (old, new) = (self.old, self.new);
        for name in names {
            if let (Some(old), Some(new)) = (old.get(&name), new.get(&name)) {
                self.ty(&old.ty, &new.ty).map_err(|it| it.within(&name))?;
            }
        }
        Ok(())
    }

    /// The misfit of a type that has changed as a whole, or in one of its alternatives.
    fn changed(&self, old: &Type, new: &Type, one: &Alternative, sent: &[Alternative]) -> Misfit {
        let problem = match (self.direction, sent.len()) {
            (_, 1) => {
                let (old, new) = self.in_words(old, new);
                format!("was `{old}`, and is `{new}`")
            }
            (Direction::ToServer, _) => format!("can no longer be `{}`", one.text()),
            (Direction::ToClient, _) => {
                format!("can be `{}`, which earlier clients do not know", one.text())
            }
        };
        Misfit::here(problem)
    }

    /// The two types as they are called, or what they are where both are called the same.
    fn in_words(&self, old: &Type, new: &Type) -> (String, String) {
        let names = (old.to_string(), new.to_string());
        if names.0 != names.1 {
            return names;
        }
        let opened = |ty, types| {
            let texts = alternatives(ty, types).into_iter().map(|it| it.text());
            texts.collect::<Vec<_>>().join(" | ")
        };
        (opened(old, self.old), opened(new, self.new))
    }
}

impl Misfit {
    fn here(problem: String) -> Self {
        Self {
            path: Vec::new(),
            problem,
        }
    }

    fn within(mut self, name: &str) -> Self {
        self.path.insert(0, name.to_owned());
        self
    }

    /// `message.tags[]`
    pub(super) fn place(&self, outermost: &str) -> String {
        let mut place = outermost.to_owned();
        for step in &self.path {
            if !step.starts_with('[') && !place.is_empty() {
                place.push('.');
            }
            place.push_str(step);
        }
        place
    }
}

/// Whether every value of the one word is one of the other.
fn is_among(sent: &Alternative, expected: &Alternative) -> bool {
    let (Alternative::Word(sent), Alternative::Word(expected)) = (sent, expected) else {
        return false;
    };
    sent == expected
        || match expected.as_str() {
            "string" => sent.starts_with('"'),
            "number" => sent.starts_with(|it: char| it == '-' || it.is_ascii_digit()),
            "any" | "unknown" => true,
            _ => false,
        }
}

fn accepts_all(ty: &Alternative) -> bool {
    matches!(ty, Alternative::Word(word) if matches!(&**word, "any" | "unknown"))
}

/// Whether two objects hold different literals in one member, as the variants of an enum do.
fn are_told_apart(a: &Alternative, b: &Alternative) -> bool {
    let (Alternative::Object(a), Alternative::Object(b)) = (a, b) else {
        return false;
    };
    let literal = |ty: &Type| {
        let text = ty.to_string();
        text.starts_with('"').then_some(text)
    };
    a.iter().any(|(name, property)| {
        let other = b.get(name).and_then(|other| literal(&other.ty));
        literal(&property.ty).is_some_and(|one| other.is_some_and(|other| other != one))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::description::Description;

    /// The misfits on the way to the server, and on the way to clients.
    #[track_caller]
    fn check(old: &[&str], new: &[&str], to_server: Option<&str>, to_client: Option<&str>) {
        let types = |lines: &[&str]| Description::parse("Hub", 1, lines).unwrap().types;
        let (old, new) = (types(old), types(new));
        for (direction, expected) in [
            (Direction::ToServer, to_server),
            (Direction::ToClient, to_client),
        ] {
            let fits = Comparison::new(&old, &new, direction).ty(&old["T"].ty, &new["T"].ty);
            let misfit = fits
                .err()
                .map(|it| format!("{} {}", it.place("t"), it.problem));
            assert_eq!(misfit.as_deref(), expected, "{direction:?}");
        }
    }

    #[test]
    fn members_may_come_but_not_go() {
        let one = ["type T", "  a: string"];
        let two = ["type T", "  a: string", "  b: number"];
        let optional = ["type T", "  a: string", "  b?: number"];
        let nullable = ["type T", "  a: string", "  b: number | null"];
        check(&one, &one, None, None);
        let missing = Some("t.b is new, and earlier clients leave it out");
        check(&one, &two, missing, None);
        check(&one, &optional, None, None);
        check(&one, &nullable, missing, None);
        check(&two, &one, Some("t.b is gone"), Some("t.b is gone"));
        check(&optional, &one, Some("t.b is gone"), Some("t.b is gone"));
        check(&two, &optional, None, Some("t.b may be missing now"));
        check(&optional, &two, Some("t.b can no longer be left out"), None);
    }

    #[test]
    fn words_grow_on_the_way_in_and_shrink_on_the_way_out() {
        let red = ["type T = \"red\" | \"green\""];
        let more = ["type T = \"red\" | \"green\" | \"blue\""];
        check(
            &red,
            &more,
            None,
            Some("t can be `\"blue\"`, which earlier clients do not know"),
        );
        check(&more, &red, Some("t can no longer be `\"blue\"`"), None);
        let text = ["type T = string"];
        check(
            &red,
            &text,
            None,
            Some("t was `\"green\" | \"red\"`, and is `string`")
                .map(|_| "t was `\"red\" | \"green\"`, and is `string`"),
        );
        check(
            &text,
            &["type T = string | null"],
            None,
            Some("t can be `null`, which earlier clients do not know"),
        );
        check(
            &text,
            &["type T = unknown"],
            None,
            Some("t was `string`, and is `unknown`"),
        );
        let both = Some("t was `string`, and is `number`");
        check(&text, &["type T = number"], both, both);
    }

    #[test]
    fn a_misfit_is_told_where_it_is() {
        let old = [
            "type T = Array<[string, Item]>",
            "type Item",
            "  at: { [key in string]: Id | null }",
            "type Id = string",
        ];
        let new = [
            "type T = Array<[string, Item]>",
            "type Item",
            "  at: { [key in string]: Id | null }",
            "type Id = number",
        ];
        check(
            &old,
            &new,
            Some("t[][1].at[] can no longer be `string`"),
            Some("t[][1].at[] can be `number`, which earlier clients do not know"),
        );
    }

    #[test]
    fn variants_are_compared_with_their_own_kind() {
        let old = [
            "type T",
            "  | { type: \"a\"; x: number }",
            "  | { type: \"b\"; y: number }",
        ];
        let new = [
            "type T",
            "  | { type: \"a\"; x: number }",
            "  | { type: \"b\"; y: string }",
        ];
        let both = Some("t.y was `number`, and is `string`");
        check(&old, &new, both, both);
        let more = [
            "type T",
            "  | { type: \"a\"; x: number }",
            "  | { type: \"b\"; y: number }",
            "  | { type: \"c\" }",
        ];
        check(
            &old,
            &more,
            None,
            Some("t can be `{ type: \"c\" }`, which earlier clients do not know"),
        );
    }

    #[test]
    fn names_of_types_do_not_travel() {
        check(
            &["type T = Old", "type Old", "  a: string"],
            &["type T", "  a: string"],
            None,
            None,
        );
        check(
            &["type T", "  next: T | null"],
            &["type T", "  next: U | null", "type U", "  next: T | null"],
            None,
            None,
        );
    }

    #[test]
    fn a_type_that_kept_its_name_is_told_by_what_it_is() {
        let both = Some("t.at was `string`, and is `number`");
        check(
            &["type T", "  at: Id", "type Id = string"],
            &["type T", "  at: Id", "type Id = number"],
            both,
            both,
        );
    }

    #[test]
    fn what_is_not_understood_has_to_stay_as_it_is() {
        let old = ["type T = (a: Id) => void", "type Id = string"];
        check(&old, &old, None, None);
        let both = Some("t.Id was `string`, and is `number`");
        check(
            &old,
            &["type T = (a: Id) => void", "type Id = number"],
            both,
            both,
        );
        let both = Some("t was `(a: Id) => void`, and is `(a: string) => void`");
        check(
            &old,
            &["type T = (a: string) => void", "type Id = string"],
            both,
            both,
        );
    }
}
