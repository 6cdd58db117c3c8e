//! What is done to bytes and dates on their way between users and the protocols, type by type.

use super::form::{Alternative, Form, describe};
use super::tell_apart::Test;
use super::typescript::{Declared, Written};
use super::{Declaration, Direction, Hub};
use crate::config::Dates;
use crate::error::CodegenError;
use crate::syntax::{Special, Type};
use std::collections::{BTreeMap, BTreeSet};

/// How a value is converted. Where there is none, it is the same to users and on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// Between a `Uint8Array` and base64 text, which anything else goes through.
    Bytes,
    /// Makes a date of what came, or its text; anything else goes through.
    Moment(Dates),
    /// By the function of a declared type, and functions for its parameters.
    Named {
        name: String,
        arguments: Vec<Option<Conversion>>,
    },
    /// By the function that stands for a type parameter.
    Parameter(String),
    List(Box<Conversion>),
    /// The values of a map.
    Map(Box<Conversion>),
    Tuple(Vec<Option<Conversion>>),
    /// Some of an object's members.
    Members(Vec<MemberConversion>),
    /// Where there may be nothing.
    Nullable(Box<Conversion>),
    /// By the first test that holds; what it says in the end goes for everything else.
    Cases {
        cases: Vec<(Test, Conversion)>,
        otherwise: Option<Box<Conversion>>,
    },
    /// One after the other: the parts of an intersection.
    All(Vec<Conversion>),
}

/// The conversion of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberConversion {
    pub(crate) member: String,
    pub(crate) optional: bool,
    pub(crate) conversion: Conversion,
}

/// Finds the conversions of a run.
pub(super) struct Planner<'a> {
    declared: Declared<'a>,
    /// Of the declarations that a call needs, by name. `None` while it is being found.
    planned: BTreeMap<(String, Direction), Option<Conversion>>,
}

/// Where a type stands.
struct Site {
    place: String,
    direction: Direction,
    /// The type parameters there.
    parameters: Vec<String>,
}

impl Site {
    fn member(&self, name: &str) -> Self {
        Self {
            place: format!("{}, field `{name}`", self.place),
            direction: self.direction,
            parameters: self.parameters.clone(),
        }
    }

    fn refuse<T>(&self, problem: String, remedy: &'static str) -> Result<T, CodegenError> {
        Err(CodegenError::NoConversion {
            place: self.place.clone(),
            problem,
            remedy,
        })
    }
}

impl<'a> Planner<'a> {
    pub(super) fn new(declarations: &'a [Declaration]) -> Self {
        Self {
            declared: Declared::new(declarations),
            planned: BTreeMap::new(),
        }
    }

    /// Finds the conversions of all that a hub's calls carry.
    pub(super) fn hub(&mut self, hub: &mut Hub) -> Result<(), CodegenError> {
        let Hub {
            name,
            methods,
            client,
            ..
        } = hub;
        for method in methods {
            let place = format!("{name}::{}", method.rust_name);
            for parameter in &mut method.parameters {
                let place = format!("{place}({})", parameter.name);
                parameter.conversion = self.edge(&place, &parameter.ty, Direction::In)?;
            }
            if let Some(answer) = &method.answer {
                method.conversion = self.edge(&place, answer, Direction::Out)?;
            }
            for error in &mut method.errors {
                let place = format!("{place} (error)");
                error.conversion = self.edge(&place, &error.ty, Direction::Out)?;
            }
        }
        for client in client.iter_mut().chain(&mut hub.own.clients) {
            for method in &mut client.methods {
                let place = format!("{}::{}", client.name, method.rust_name);
                for parameter in &mut method.parameters {
                    let place = format!("{place}({})", parameter.name);
                    parameter.conversion = self.edge(&place, &parameter.ty, Direction::Out)?;
                }
                if let Some(answer) = method.answer.ty() {
                    method.conversion = self.edge(&place, answer, Direction::In)?;
                }
            }
        }
        Ok(())
    }

    /// Notes the conversions of a hub's types that calls of any hub need.
    pub(super) fn finish(&self, hub: &mut Hub) {
        for declaration in &mut hub.own.types {
            let found = |direction| {
                let key = (declaration.name.clone(), direction);
                self.planned.get(&key).cloned().flatten()
            };
            (declaration.reader, declaration.writer) =
                (found(Direction::Out), found(Direction::In));
        }
    }

    fn edge(
        &mut self,
        place: &str,
        ty: &Type,
        direction: Direction,
    ) -> Result<Option<Conversion>, CodegenError> {
        let site = Site {
            place: format!("`{place}`"),
            direction,
            parameters: Vec::new(),
        };
        self.plan(&site, ty)
    }

    fn plan(&mut self, site: &Site, ty: &Type) -> Result<Option<Conversion>, CodegenError> {
        Ok(match ty {
            Type::Special(special) => leaf(*special, site.direction),
            Type::Documented { ty, .. } => self.plan(site, ty)?,
            Type::Name { name, arguments } => self.name(site, ty, name, arguments)?,
            Type::Tuple(types) => {
                let items = self.each(site, types)?;
                any(&items).then_some(Conversion::Tuple(items))
            }
            Type::Map { value, .. } => self
                .plan(site, value)?
                .map(|value| Conversion::Map(Box::new(value))),
            Type::Object(members) => {
                let mut converted = Vec::new();
                for member in members {
                    if let Some(conversion) = self.plan(&site.member(&member.name), &member.ty)? {
                        converted.push(MemberConversion {
                            member: member.name.clone(),
                            optional: member.optional,
                            conversion,
                        });
                    }
                }
                (!converted.is_empty()).then_some(Conversion::Members(converted))
            }
            Type::Union(types) => self.union(site, types)?,
            Type::Intersection(types) => self.intersection(site, types)?,
            Type::Verbatim(_) if self.concerns(ty, site.direction) => return by_hand(site, ty),
            Type::Verbatim(_) => None,
        })
    }

    fn each(
        &mut self,
        site: &Site,
        types: &[Type],
    ) -> Result<Vec<Option<Conversion>>, CodegenError> {
        types.iter().map(|ty| self.plan(site, ty)).collect()
    }

    fn name(
        &mut self,
        site: &Site,
        ty: &Type,
        name: &str,
        arguments: &[Type],
    ) -> Result<Option<Conversion>, CodegenError> {
        if site.parameters.iter().any(|parameter| parameter == name) {
            return Ok(Some(Conversion::Parameter(name.to_owned())));
        }
        if let Some(declaration) = self.declared.get(name) {
            let mut arguments = self.each(site, arguments)?;
            if !any(&arguments) && !self.concerns(&declaration.ty, site.direction) {
                return Ok(None);
            }
            // An argument that is left out has a default, which is the user's own word.
            arguments.resize(declaration.parameters().len(), None);
            self.declaration(declaration, site.direction)?;
            return Ok(Some(Conversion::Named {
                name: name.to_owned(),
                arguments,
            }));
        }
        match (name, arguments) {
            ("Array", [item]) => {
                let item = self.plan(site, item)?;
                Ok(item.map(|item| Conversion::List(Box::new(item))))
            }
            _ if any(&self.each(site, arguments)?) => by_hand(site, ty),
            _ => Ok(None),
        }
    }

    /// Finds the conversion of a declared type, once.
    fn declaration(
        &mut self,
        declaration: &Declaration,
        direction: Direction,
    ) -> Result<(), CodegenError> {
        let key = (declaration.name.clone(), direction);
        if self.planned.contains_key(&key) {
            return Ok(());
        }
        // Types that hold themselves come back to where they began.
        self.planned.insert(key.clone(), None);
        let site = Site {
            place: format!("`{}`", declaration.rust_name),
            direction,
            parameters: declaration.parameters(),
        };
        let conversion = self.plan(&site, &declaration.ty)?;
        // Whoever calls it for the sake of an argument gets the value as it is.
        let conversion = conversion.unwrap_or(Conversion::All(Vec::new()));
        self.planned.insert(key, Some(conversion));
        Ok(())
    }

    /// Whether something to convert stands in a type, or in one that it mentions.
    fn concerns(&self, ty: &Type, direction: Direction) -> bool {
        let mut known = BTreeSet::new();
        let mut open = vec![ty];
        while let Some(ty) = open.pop() {
            let mut names = BTreeSet::new();
            match ty {
                Type::Special(special) if leaf(*special, direction).is_some() => return true,
                Type::Name { name, .. } => drop(names.insert(name.clone())),
                Type::Verbatim(_) => {
                    ty.mentions(&mut names);
                    if names.contains("Uint8Array") {
                        return true;
                    }
                }
                _ => {}
            }
            let declared = names.iter().filter_map(|name| self.declared.get(name));
            let declared: Vec<_> = declared.collect();
            for declaration in declared {
                if known.insert(declaration.name.as_str()) {
                    open.push(&declaration.ty);
                }
            }
            ty.each_part(|part| open.push(part));
        }
        false
    }

    /// All parts are of one object, so that each converts its members.
    fn intersection(
        &mut self,
        site: &Site,
        types: &[Type],
    ) -> Result<Option<Conversion>, CodegenError> {
        let parts = self.each(site, types)?;
        let mut parts: Vec<_> = parts.into_iter().flatten().collect();
        if parts.iter().any(|part| matches!(part, Conversion::Map(_))) {
            return site.refuse(
                "a map with bytes or dates is flattened, and its values are not told from the other fields"
                    .to_owned(),
                "leave out `#[serde(flatten)]` there",
            );
        }
        Ok(match parts.len() {
            0 => None,
            1 => parts.pop(),
            _ => Some(Conversion::All(parts)),
        })
    }

    fn union(&mut self, site: &Site, types: &[Type]) -> Result<Option<Conversion>, CodegenError> {
        let is_null = |ty: &Type| matches!(ty, Type::Name { name, .. } if name == "null");
        let operands: Vec<_> = types.iter().filter(|ty| !is_null(ty)).collect();
        let plans: Result<Vec<_>, _> = operands.iter().map(|ty| self.plan(site, ty)).collect();
        let mut plans = plans?;
        if !any(&plans) {
            return Ok(None);
        }
        let conversion = match plans.as_mut_slice() {
            [only] => only.take(),
            _ => Some(self.cases(site, &operands, plans)?),
        };
        Ok(conversion.map(|conversion| match conversion {
            conversion if operands.len() == types.len() => conversion,
            Conversion::Bytes | Conversion::Moment(_) => conversion,
            conversion => Conversion::Nullable(Box::new(conversion)),
        }))
    }

    /// Tells the operands apart that are to be converted.
    fn cases(
        &self,
        site: &Site,
        operands: &[&Type],
        plans: Vec<Option<Conversion>>,
    ) -> Result<Conversion, CodegenError> {
        let forms: Vec<_> = operands
            .iter()
            .map(|ty| {
                self.declared
                    .alternatives(&Written::new(ty), &mut Vec::new())
            })
            .collect();
        let mut cases = Vec::new();
        let mut otherwise = None;
        for (at, conversion) in plans.into_iter().enumerate() {
            let Some(conversion) = conversion else {
                continue;
            };
            // A date is told from a text by itself.
            if conversion == Conversion::Moment(Dates::Text) {
                otherwise.get_or_insert(Box::new(conversion));
                continue;
            }
            let (own, others) = (&forms[at], others(&forms, at));
            match self.declared.test(own, &others) {
                Some(Some(test)) => cases.push((test, conversion)),
                Some(None) => otherwise = Some(Box::new(conversion)),
                None => {
                    let problem = format!(
                        "`{}` stands beside `{}` without a tag, and JSON does not tell which of them it is",
                        describe(own),
                        describe(&others.into_iter().cloned().collect::<Vec<_>>())
                    );
                    return site.refuse(
                        problem,
                        "give the enum a tag with `#[serde(tag = \"…\")]`, so that its bytes and dates can be converted",
                    );
                }
            }
        }
        Ok(Conversion::Cases { cases, otherwise })
    }
}

/// What users hold, if it is not what comes or goes.
fn leaf(special: Special, direction: Direction) -> Option<Conversion> {
    match special {
        Special::Bytes => Some(Conversion::Bytes),
        Special::Moment { timestamp, dates } => {
            // Both protocols write a `Date`, and the server reads it from both.
            let same = direction == Direction::In || (!timestamp && dates == Dates::Text);
            (!same).then_some(Conversion::Moment(dates))
        }
    }
}

fn any(conversions: &[Option<Conversion>]) -> bool {
    conversions.iter().any(Option::is_some)
}

fn by_hand<T>(site: &Site, ty: &Type) -> Result<T, CodegenError> {
    site.refuse(
        format!("`{ty}` is in words of your own, in which bytes and dates are not found"),
        "name a Rust type that travels alike with `#[ts(as = \"…\")]`",
    )
}

/// The alternatives of all operands but one; nothing need be told from `null`.
fn others<T>(forms: &[Vec<Alternative<T>>], but: usize) -> Vec<&Alternative<T>> {
    let others = forms.iter().enumerate().filter(|(at, _)| *at != but);
    let others = others.flat_map(|(_, forms)| forms);
    others
        .filter(|one| !matches!(one.form, Form::Null))
        .collect()
}
