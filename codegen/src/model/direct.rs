//! One declaration for each type, or two where serde reads another form than it writes.

use super::agree::{Agreement, Facts};
use super::convert::Planner;
use super::{Declaration, Direction, Hub, address, declare, resolve};
use crate::config::{Choices, Dates};
use crate::contracts::Contract;
use crate::error::CodegenError;
use crate::names;
use crate::syntax::{Member, Special, Type};
use hub_core::contract::TypeDeclaration;
use schemars::generate::SchemaSettings;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::Config;

/// What is added to the name of a type for the form that the server reads.
const INPUT: &str = "Input";

/// A type where it is used outside of declarations.
struct Use {
    place: String,
    direction: Direction,
    ty: Type,
    schema: Value,
}

/// Resolves the contracts together: what a type is called depends on all of its uses.
pub(super) fn hubs(contracts: &[Contract], choices: Choices) -> Result<Vec<Hub>, CodegenError> {
    // Large integers are told from the numbers that a user asked for.
    let config = Config::new().with_large_int("bigint");
    let mut reads = SchemaSettings::draft2020_12()
        .for_deserialize()
        .into_generator();
    let mut writes = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let mut found: Vec<TypeDeclaration> = Vec::new();
    let mut places: Vec<Use> = Vec::new();
    for contract in contracts {
        resolve::hub(contract, &mut |place, ty, direction| {
            ty.declarations(&config, &mut found);
            let generator = match direction {
                Direction::In => &mut reads,
                Direction::Out => &mut writes,
            };
            let parsed = declare::parse(ty.rust_name(), &ty.name(&config))?;
            places.push(Use {
                place: place.to_owned(),
                direction,
                ty: parsed.clone(),
                schema: ty.schema(generator).to_value(),
            });
            Ok(parsed)
        })?;
    }
    let declarations = declare::declarations(&config, &found)?;
    check_map_keys(&places, &declarations)?;
    let (reads, writes) = (reads.take_definitions(true), writes.take_definitions(true));
    let mut agreement = Agreement::new(&declarations, choices.large_integers);
    for Use {
        place,
        direction,
        ty,
        schema,
    } in &places
    {
        let definitions = match direction {
            Direction::In => &reads,
            Direction::Out => &writes,
        };
        agreement.check(place, ty, schema, *direction, definitions)?;
    }
    let directed = Directed::new(&declarations, agreement.finish(), choices.dates, &places);
    let mut places = places.iter();
    let hubs = contracts.iter().map(|contract| {
        let mut types = Vec::new();
        let mut hub = resolve::hub(contract, &mut |_, _, _| {
            let used = places.next().expect("places come in the same order");
            types.push(directed.ty(&used.ty, used.direction));
            Ok(types[types.len() - 1].clone())
        })?;
        hub.own.types = directed.reachable(&types);
        mark_errors(&mut hub);
        Ok(hub)
    });
    let mut hubs = hubs.collect::<Result<Vec<_>, CodegenError>>()?;
    let finished: Vec<_> = directed.finished.into_values().collect();
    let mut planner = Planner::new(&finished);
    hubs.iter_mut().try_for_each(|hub| planner.hub(hub))?;
    for hub in &mut hubs {
        planner.finish(hub);
    }
    Ok(hubs)
}

/// Notes which of the declarations are errors: nothing else can be of such a type.
fn mark_errors(hub: &mut Hub) {
    let errors = hub.methods.iter().flat_map(|method| &method.errors);
    for error in errors {
        let is_it = |ty: &&mut Declaration| matches!(&error.ty, Type::Name { name, .. } if *name == ty.name);
        if let Some(declaration) = hub.own.types.iter_mut().find(is_it) {
            declaration.error = Some(error.wire_name);
        }
    }
}

fn check_map_keys(places: &[Use], declarations: &[Declaration]) -> Result<(), CodegenError> {
    let declared = declarations.iter().map(|ty| (&ty.rust_name, &ty.ty));
    let places = places.iter().map(|used| (&used.place, &used.ty));
    for (place, ty) in declared.chain(places) {
        names::check_map_keys(place, ty, declarations)?;
    }
    Ok(())
}

/// The declarations in both directions.
struct Directed<'a> {
    declarations: &'a [Declaration],
    facts: Facts,
    dates: Dates,
    /// The types that have two declarations.
    split: BTreeSet<&'a str>,
    /// The finished declarations, by name.
    finished: BTreeMap<String, Declaration>,
}

impl<'a> Directed<'a> {
    fn new(declarations: &'a [Declaration], facts: Facts, dates: Dates, places: &[Use]) -> Self {
        let mut directed = Self {
            declarations,
            facts,
            dates,
            split: BTreeSet::new(),
            finished: BTreeMap::new(),
        };
        directed.use_mentioned(places);
        directed.split();
        let used: Vec<_> = directed.facts.used.iter().copied().collect();
        for (at, direction) in used {
            let declaration = &declarations[at];
            let finished = Declaration {
                name: directed.name(&declaration.name, direction),
                ty: directed.ty(&declaration.ty, direction),
                ..declaration.clone()
            };
            directed.finished.insert(finished.name.clone(), finished);
        }
        directed
    }

    /// What is mentioned only, as an argument of a type that makes no use of it, is declared too.
    fn use_mentioned(&mut self, places: &[Use]) {
        let mut open: Vec<_> = self.facts.used.iter().copied().collect();
        for used in places {
            open.extend(self.mentioned(&used.ty, used.direction));
        }
        while let Some((at, direction)) = open.pop() {
            self.facts.used.insert((at, direction));
            for next in self.mentioned(&self.declarations[at].ty, direction) {
                if !self.facts.used.contains(&next) {
                    open.push(next);
                }
            }
        }
    }

    fn mentioned(&self, ty: &Type, direction: Direction) -> Vec<(usize, Direction)> {
        let mut names = BTreeSet::new();
        self.rebuild(ty, direction, &|name| name.to_owned())
            .mentions(&mut names);
        let declared = self.declarations.iter().enumerate();
        declared
            .filter(|(_, declaration)| names.contains(&declaration.name))
            .map(|(at, _)| (at, direction))
            .collect()
    }

    /// Finds the types that differ by direction, and those that mention one.
    fn split(&mut self) {
        let both = |at| {
            let used = |direction| self.facts.used.contains(&(at, direction));
            used(Direction::In) && used(Direction::Out)
        };
        let same = |name: &str| name.to_owned();
        let mut bodies = Vec::new();
        for (at, declaration) in self.declarations.iter().enumerate() {
            if both(at) {
                let read = self.rebuild(&declaration.ty, Direction::In, &same);
                let written = self.rebuild(&declaration.ty, Direction::Out, &same);
                if read != written {
                    self.split.insert(&declaration.name);
                }
                let mut mentioned = BTreeSet::new();
                read.mentions(&mut mentioned);
                bodies.push((declaration.name.as_str(), mentioned));
            }
        }
        loop {
            let more: Vec<_> = bodies
                .iter()
                .filter(|(name, mentioned)| {
                    !self.split.contains(name)
                        && self.split.iter().any(|split| mentioned.contains(*split))
                })
                .map(|(name, _)| *name)
                .collect();
            if more.is_empty() {
                return;
            }
            self.split.extend(more);
        }
    }

    fn name(&self, name: &str, direction: Direction) -> String {
        if direction == Direction::In && self.split.contains(name) {
            format!("{name}{INPUT}")
        } else {
            name.to_owned()
        }
    }

    /// The type as it travels in a direction.
    fn ty(&self, ty: &Type, direction: Direction) -> Type {
        self.rebuild(ty, direction, &|name| self.name(name, direction))
    }

    /// The declarations that the types need, by name.
    fn reachable(&self, types: &[Type]) -> Vec<Declaration> {
        let mut open = BTreeSet::new();
        for ty in types {
            ty.mentions(&mut open);
        }
        let mut reached = BTreeMap::new();
        while let Some(name) = open.pop_first() {
            if let Some(declaration) = self.finished.get(&name)
                && reached.insert(name, declaration.clone()).is_none()
            {
                let mut more = BTreeSet::new();
                declaration.ty.mentions(&mut more);
                open.extend(more.into_iter().filter(|name| !reached.contains_key(name)));
            }
        }
        reached.into_values().collect()
    }

    /// What is not the same to users and on the wire.
    fn special(&self, ty: &Type, name: &str, direction: Direction) -> Option<Special> {
        let moment = |timestamp| Special::Moment {
            timestamp,
            dates: self.dates,
        };
        let own = |name: &str| self.declarations.iter().any(|ty| ty.name == name);
        match name {
            "Uint8Array" => Some(Special::Bytes),
            "Date" if !own(name) => Some(moment(true)),
            "string" => self
                .facts
                .is_moment(address(ty), direction)
                .then(|| moment(false)),
            _ => None,
        }
    }

    fn rebuild(&self, ty: &Type, direction: Direction, rename: &dyn Fn(&str) -> String) -> Type {
        let next = |ty: &Type| self.rebuild(ty, direction, rename);
        match ty {
            Type::Object(members) => {
                let members = members.iter().filter_map(|member| {
                    let fact = self.facts.get(address(member), direction);
                    let fact = fact.cloned().unwrap_or_default();
                    (!fact.absent).then(|| Member {
                        docs: member.docs.clone(),
                        name: fact.name.unwrap_or_else(|| member.name.clone()),
                        optional: fact.optional.unwrap_or(member.optional),
                        ty: next(&member.ty),
                    })
                });
                Type::Object(members.collect())
            }
            Type::Union(types) => self.union(types, direction, rename),
            Type::Name { name, arguments } => match self.special(ty, name, direction) {
                Some(special) => Type::Special(special),
                None => Type::Name {
                    name: match name.as_str() {
                        "bigint" => "number".to_owned(),
                        name => rename(name),
                    },
                    arguments: arguments.iter().map(next).collect(),
                },
            },
            _ => ty.map_parts(next),
        }
    }

    /// A union without the variants that do not travel, and with what is known of the others.
    fn union(&self, types: &[Type], direction: Direction, rename: &dyn Fn(&str) -> String) -> Type {
        let mut operands = Vec::new();
        for ty in types {
            let fact = self.facts.get(address(ty), direction);
            let fact = fact.cloned().unwrap_or_default();
            let ty = match fact.name {
                Some(name) => Type::Name {
                    name,
                    arguments: Vec::new(),
                },
                None => self.rebuild(ty, direction, rename),
            };
            if fact.absent {
                // It does not travel.
            } else if fact.docs.is_empty() {
                operands.push(ty);
            } else {
                operands.push(Type::Documented {
                    docs: fact.docs,
                    ty: Box::new(ty),
                });
            }
        }
        match operands.len() {
            1 => operands.remove(0),
            _ => Type::Union(operands),
        }
    }
}
