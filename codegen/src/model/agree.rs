//! Whether TypeScript and the schema say the same of a type, and what only the schema knows: what
//! may be missing in which direction, and the documentation of variants.

use super::form::{Alternative, Form, Object, Property, describe};
use super::schema::{self, Definitions};
use super::typescript::{Declared, Written};
use super::{Declaration, Direction, address};
use crate::config::LargeIntegers;
use crate::error::CodegenError;
use crate::syntax::{Member, Type};
use crate::text;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap, HashSet};

/// What the schema says of one place in TypeScript, in one direction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fact {
    /// The member or variant does not travel in this direction.
    pub(super) absent: bool,
    /// `Some` for a member: whether it may be missing.
    pub(super) optional: Option<bool>,
    /// The name or literal, if it is another one in this direction.
    pub(super) name: Option<String>,
    pub(super) docs: Vec<String>,
}

/// What was found out about the types of a run.
#[derive(Debug, Default)]
pub(super) struct Facts {
    by_place: HashMap<(usize, Direction), Fact>,
    /// Whether a text is a date and time wherever it is used.
    moments: HashMap<(usize, Direction), bool>,
    /// The declarations that travel in each direction.
    pub(super) used: BTreeSet<(usize, Direction)>,
}

impl Facts {
    pub(super) fn get(&self, place: usize, direction: Direction) -> Option<&Fact> {
        self.by_place.get(&(place, direction))
    }

    /// Whether a text in TypeScript is a date and time with its offset.
    pub(super) fn is_moment(&self, place: usize, direction: Direction) -> bool {
        self.moments.get(&(place, direction)) == Some(&true)
    }
}

/// Compares type after type.
pub(super) struct Agreement<'a> {
    pub(super) declared: Declared<'a>,
    /// Where each member belongs.
    pub(super) owners: HashMap<usize, Owner<'a>>,
    large_integers: LargeIntegers,
    facts: Facts,
    compared: HashSet<(String, usize, Direction)>,
}

/// Whose a member is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'a> {
    /// The Rust path of the type.
    pub(super) rust_name: &'a str,
    pub(super) member: &'a Member,
}

/// One comparison: what all of it shares.
#[derive(Clone, Copy)]
struct Way<'a> {
    direction: Direction,
    definitions: &'a Definitions,
}

impl<'a> Agreement<'a> {
    pub(super) fn new(declarations: &'a [Declaration], large_integers: LargeIntegers) -> Self {
        let mut owners = HashMap::new();
        for declaration in declarations {
            declaration.ty.each_member(&mut |member| {
                let rust_name = declaration.rust_name.as_str();
                owners.insert(address(member), Owner { rust_name, member });
            });
        }
        Self {
            declared: Declared::new(declarations),
            owners,
            large_integers,
            facts: Facts::default(),
            compared: HashSet::new(),
        }
    }

    /// Compares a type where it is used.
    pub(super) fn check(
        &mut self,
        place: &str,
        ty: &'a Type,
        schema: &'a Value,
        direction: Direction,
        definitions: &'a Definitions,
    ) -> Result<(), CodegenError> {
        let way = Way {
            direction,
            definitions,
        };
        self.compare(&format!("`{place}`"), &Written::new(ty), schema, way)
    }

    pub(super) fn finish(self) -> Facts {
        self.facts
    }

    fn compare(
        &mut self,
        place: &str,
        written: &Written<'a>,
        schema: &'a Value,
        way: Way<'a>,
    ) -> Result<(), CodegenError> {
        // Types that hold themselves come back to where they began.
        let key = (written.identity(), address(schema), way.direction);
        if !self.compared.insert(key) {
            return Ok(());
        }
        let mut used = Vec::new();
        let ours = self.declared.alternatives(written, &mut used);
        for at in used {
            self.facts.used.insert((at, way.direction));
        }
        let theirs = told_apart(schema::alternatives(schema, way.definitions), &ours);
        let disagree = || CodegenError::Disagreement {
            place: place.to_owned(),
            direction: way.direction.describe(),
            typescript: describe(&ours),
            schema: describe(&theirs),
        };
        let is_any = |form: &Form<_>| matches!(form, Form::Any);
        if ours.iter().any(|one| is_any(&one.form))
            || theirs.iter().any(|one| matches!(one.form, Form::Any))
        {
            return Ok(());
        }
        let pairs = pair(&ours, &theirs).ok_or_else(disagree)?;
        for (our, their) in pairs {
            match their {
                Some(their) => self.compare_forms(place, our, their, way, &disagree)?,
                None => match our.origin {
                    Some(origin) => self.fact(origin, way).absent = true,
                    None => return Err(disagree()),
                },
            }
        }
        Ok(())
    }

    fn compare_forms(
        &mut self,
        place: &str,
        our: &Alternative<Written<'a>>,
        their: &Alternative<&'a Value>,
        way: Way<'a>,
        disagree: &dyn Fn() -> CodegenError,
    ) -> Result<(), CodegenError> {
        if let Some(origin) = our.origin {
            let docs = their
                .docs
                .as_deref()
                .map(text::doc_lines)
                .unwrap_or_default();
            self.fact(origin, way).docs = docs;
        }
        if let Form::Text { place: Some(place) } = our.form {
            let known = self.facts.moments.entry((place, way.direction));
            *known.or_insert(true) &= matches!(their.form, Form::Moment);
        }
        match (&our.form, &their.form) {
            (
                Form::Number { large: ours },
                Form::Number {
                    large: Some(theirs),
                },
            ) => self.check_large(place, ours.as_deref(), theirs),
            (Form::Literal(ours), Form::Literal(theirs)) if ours != theirs => {
                match our.origin {
                    Some(origin) => self.fact(origin, way).name = Some(theirs.clone()),
                    None => return Err(disagree()),
                }
                Ok(())
            }
            (Form::List { item: ours, .. }, Form::List { item: theirs, .. }) => {
                self.compare(place, ours, theirs, way)
            }
            (Form::Tuple(ours), Form::List { item, length }) if *length == Some(ours.len()) => ours
                .iter()
                .try_for_each(|ours| self.compare(place, ours, item, way)),
            (Form::Tuple(ours), Form::Tuple(theirs)) if ours.len() == theirs.len() => ours
                .iter()
                .zip(theirs)
                .try_for_each(|(ours, theirs)| self.compare(place, ours, theirs, way)),
            (Form::Tuple(_) | Form::List { .. }, _) => Err(disagree()),
            (Form::Object(ours), Form::Object(theirs)) => {
                self.compare_objects(place, ours, theirs, way, disagree)
            }
            _ => Ok(()),
        }
    }

    /// A large integer that TypeScript calls a `number` was called so by the user; `usize` is too.
    fn check_large(
        &self,
        place: &str,
        ours: Option<&str>,
        theirs: &str,
    ) -> Result<(), CodegenError> {
        let chosen = ours.is_none() && !theirs.ends_with("size");
        if chosen || self.large_integers == LargeIntegers::Number {
            return Ok(());
        }
        Err(CodegenError::LargeInteger {
            place: place.to_owned(),
            integer: theirs.to_owned(),
        })
    }

    fn compare_objects(
        &mut self,
        place: &str,
        ours: &Object<Written<'a>>,
        theirs: &Object<&'a Value>,
        way: Way<'a>,
        disagree: &dyn Fn() -> CodegenError,
    ) -> Result<(), CodegenError> {
        let mut members = pair_members(&ours.members, &theirs.members);
        if !self.pair_split_names(&mut members) {
            let owner = members.ours.first().and_then(|our| our.origin);
            let owner = owner.and_then(|origin| self.owners.get(&origin));
            return Err(CodegenError::SplitNames {
                place: owner.map_or_else(|| place.to_owned(), |it| format!("`{}`", it.rust_name)),
                direction: way.direction.describe(),
                fields: names(&members.ours),
                names: names(&members.theirs),
            });
        }
        for (our, their) in &members.pairs {
            let place = self.place_of(place, our);
            if let Some(origin) = our.origin {
                let fact = self.fact(origin, way);
                // What holds for one use of a generic type may not for another: the stricter is
                // true for both on the way in, the laxer on the way out.
                fact.optional = Some(match (fact.optional, way.direction) {
                    (None, _) => their.optional,
                    (Some(known), Direction::In) => known && their.optional,
                    (Some(known), Direction::Out) => known || their.optional,
                });
                if our.name != their.name {
                    fact.name = Some(their.name.clone());
                }
            } else if our.name != their.name {
                return Err(disagree());
            }
            self.compare(&place, &our.ty, their.ty, way)?;
        }
        match (
            members.ours.as_slice(),
            members.theirs.as_slice(),
            ours.rest.as_ref(),
            theirs.rest,
        ) {
            ([], [], Some(ours), Some(theirs)) => self.compare(place, ours, theirs, way),
            // The keys of a map may be listed in one and not in the other.
            (listed, [], None, Some(rest)) if members.pairs.is_empty() => listed
                .iter()
                .try_for_each(|our| self.compare(place, &our.ty, rest, way)),
            (absent, [], ours, _) => {
                for our in absent {
                    match our.origin {
                        Some(origin) => self.fact(origin, way).absent = true,
                        None => return Err(disagree()),
                    }
                }
                ours.is_none().then_some(()).ok_or_else(disagree)
            }
            _ => Err(disagree()),
        }
    }

    /// Where a member stands, for messages.
    fn place_of(&self, place: &str, member: &Property<Written<'a>>) -> String {
        let owner = member.origin.and_then(|origin| self.owners.get(&origin));
        match owner {
            Some(owner) => format!("`{}`, field `{}`", owner.rust_name, member.name),
            None => format!("{place}, `{}`", member.name),
        }
    }

    fn fact(&mut self, place: usize, way: Way<'_>) -> &mut Fact {
        self.facts
            .by_place
            .entry((place, way.direction))
            .or_default()
    }
}

type Pairs<'x, 'a> = Vec<(
    &'x Alternative<Written<'a>>,
    Option<&'x Alternative<&'a Value>>,
)>;

/// Finds for each of our alternatives the one it is meant to be; `None` if one of theirs is left.
fn pair<'x, 'a>(
    ours: &'x [Alternative<Written<'a>>],
    theirs: &'x [Alternative<&'a Value>],
) -> Option<Pairs<'x, 'a>> {
    let mut left: Vec<_> = theirs.iter().collect();
    let mut pairs: Vec<_> = ours.iter().map(|our| (our, None)).collect();
    // The surest first: two variants may differ by a literal alone.
    for least in [4, 3, 2, 1] {
        for (our, found) in pairs.iter_mut().filter(|(_, found)| found.is_none()) {
            let best = left
                .iter()
                .position(|their| likeness(&our.form, &their.form) >= least);
            *found = best.map(|at| left.remove(at));
        }
    }
    left.is_empty().then_some(pairs)
}

/// The schema's alternatives, without dates beside text where TypeScript has one word for both.
fn told_apart<'a>(
    theirs: Vec<Alternative<&'a Value>>,
    ours: &[Alternative<Written<'_>>],
) -> Vec<Alternative<&'a Value>> {
    let is_text = |form: &Form<_>| matches!(form, Form::Text { .. });
    let one_word = theirs.iter().any(|their| is_text(&their.form))
        && !ours.iter().any(|our| matches!(our.form, Form::Moment));
    let told = |their: &Alternative<_>| !(one_word && matches!(their.form, Form::Moment));
    theirs.into_iter().filter(told).collect()
}

/// How surely two forms are meant to be the same: 0 is not at all, 4 is beyond doubt.
fn likeness(ours: &Form<Written<'_>>, theirs: &Form<&Value>) -> u8 {
    match (ours, theirs) {
        (Form::Null, Form::Null)
        | (Form::Boolean, Form::Boolean)
        | (Form::Number { .. }, Form::Number { .. })
        | (Form::Text { .. }, Form::Text { .. })
        | (Form::Bytes, Form::Bytes)
        | (Form::Moment, Form::Moment) => 4,
        (Form::Bytes | Form::Moment, Form::Text { .. })
        | (Form::Text { .. }, Form::Bytes | Form::Moment)
        | (Form::List { .. }, Form::List { .. }) => 3,
        (Form::Literal(a), Form::Literal(b)) if a == b => 4,
        (Form::Literal(a), Form::Literal(b)) => u8::from(plain(a) == plain(b)) * 2,
        (Form::Tuple(a), Form::Tuple(b)) => 2 + u8::from(a.len() == b.len()),
        (Form::Tuple(_), Form::List { .. }) | (Form::List { .. }, Form::Tuple(_)) => 1,
        (Form::Object(a), Form::Object(b)) => likeness_of_objects(a, b),
        _ => 0,
    }
}

fn likeness_of_objects(ours: &Object<Written<'_>>, theirs: &Object<&Value>) -> u8 {
    for our in &ours.members {
        let same = theirs.members.iter().find(|their| their.name == our.name);
        if let (Some(a), Some(b)) = (
            tag(our.ty.ty),
            same.and_then(|their| their.ty.get("const").map(Value::to_string)),
        ) {
            return if a == b {
                4
            } else {
                u8::from(plain(&a) == plain(&b)) * 3
            };
        }
    }
    let members = pair_members(&ours.members, &theirs.members);
    match (members.ours.is_empty(), members.theirs.is_empty()) {
        (true, true) if members.pairs.iter().all(|(a, b)| a.name == b.name) => 4,
        (true, true) => 3,
        _ if !members.pairs.is_empty() => 2,
        _ => 1,
    }
}

fn tag(ty: &Type) -> Option<String> {
    match ty {
        Type::Name { name, .. } if name.starts_with('"') => Some(name.clone()),
        _ => None,
    }
}

pub(super) struct MemberPairs<'x, 'a> {
    pub(super) pairs: Vec<(&'x Ours<'a>, &'x Theirs<'a>)>,
    pub(super) ours: Vec<&'x Ours<'a>>,
    pub(super) theirs: Vec<&'x Theirs<'a>>,
}

/// A member of TypeScript, and one of the schema.
pub(super) type Ours<'a> = Property<Written<'a>>;
pub(super) type Theirs<'a> = Property<&'a Value>;

/// Finds for each of our members theirs: by name, by name in another case, or as the only ones that
/// are left.
fn pair_members<'x, 'a>(
    ours: &'x [Property<Written<'a>>],
    theirs: &'x [Property<&'a Value>],
) -> MemberPairs<'x, 'a> {
    let mut left: Vec<_> = theirs.iter().collect();
    let mut take = |is_it: &dyn Fn(&str) -> bool| {
        let at = left.iter().position(|their| is_it(&their.name))?;
        Some(left.remove(at))
    };
    let mut pairs = Vec::new();
    let mut rest = Vec::new();
    for our in ours {
        match take(&|name| name == our.name) {
            Some(their) => pairs.push((our, their)),
            None => rest.push(our),
        }
    }
    let mut ours = Vec::new();
    for our in rest {
        match take(&|name| plain(name) == plain(&our.name)) {
            Some(their) => pairs.push((our, their)),
            None => ours.push(our),
        }
    }
    let mut theirs = left;
    if let ([our], [their]) = (ours.as_slice(), theirs.as_slice()) {
        pairs.push((our, their));
        ours.clear();
        theirs.clear();
    }
    MemberPairs {
        pairs,
        ours,
        theirs,
    }
}

/// `one`, `two`
fn names<R>(members: &[&Property<R>]) -> String {
    let names = members.iter().map(|member| format!("`{}`", member.name));
    names.collect::<Vec<_>>().join(", ")
}

/// A name without its case: `sent_at`, `sentAt` and `SENT-AT` are one.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}
