//! Fields with a name for each direction, which have a third one in TypeScript: ts-rs knows nothing of
//! `#[serde(rename(serialize = "a", deserialize = "b"))]`.
//!
//! One such field of an object is what is left when all others are paired. Several are told apart by
//! their documentation, which both sides have, or by their order.

use super::agree::{Agreement, MemberPairs, Ours, Theirs};
use super::form::Form;
use crate::text;
use serde_json::Value;

impl<'a> Agreement<'a> {
    /// Pairs what is left of two objects. `false` if something belongs together, and nothing tells what.
    pub(super) fn pair_split_names(&self, members: &mut MemberPairs<'_, 'a>) -> bool {
        if members.ours.len() != members.theirs.len() || members.ours.is_empty() {
            return true;
        }
        self.pair_by_docs(members);
        if !self.are_in_order(members) {
            return false;
        }
        let pairs = members.ours.drain(..).zip(members.theirs.drain(..));
        members.pairs.extend(pairs);
        true
    }

    fn pair_by_docs(&self, members: &mut MemberPairs<'_, 'a>) {
        for our in std::mem::take(&mut members.ours) {
            let docs = self.docs(our);
            let theirs = members.theirs.iter().enumerate();
            let mut same = theirs.filter(|(_, their)| describes(their, docs));
            match (same.next(), same.next()) {
                (Some((at, _)), None) if !docs.is_empty() => {
                    members.pairs.push((our, members.theirs.remove(at)));
                }
                _ => members.ours.push(our),
            }
        }
    }

    /// Whether what is left stands in the order of declaration on both sides. The schema has one of what
    /// may not be missing. What is flattened stands elsewhere in TypeScript: of another type, or under
    /// other documentation, it shows. Two fields alike may change places, unless one has a type in the
    /// user's own words, which fits them all.
    fn are_in_order(&self, members: &MemberPairs<'_, 'a>) -> bool {
        if members.ours.len() < 2 {
            return true;
        }
        let owner = |our: &Ours<'a>| {
            let owner = our.origin.and_then(|origin| self.owners.get(&origin));
            owner.map(|owner| owner.rust_name)
        };
        let first = owner(members.ours[0]);
        let fits_all = |our: &Ours<'a>| {
            let forms = self.declared.alternatives(&our.ty, &mut Vec::new());
            forms.iter().any(|it| matches!(it.form, Form::Any))
        };
        let in_order = |(our, their): (&&Ours<'a>, &&Theirs<'a>)| {
            let docs = self.docs(our);
            let is_described = docs.is_empty() || describes(their, docs);
            is_described && !their.optional && owner(our) == first && !fits_all(our)
        };
        members.ours.iter().zip(&members.theirs).all(in_order)
    }

    fn docs(&self, our: &Ours<'a>) -> &[String] {
        let owner = our.origin.and_then(|origin| self.owners.get(&origin));
        owner.map_or(&[], |owner| &owner.member.docs)
    }
}

fn describes(their: &Theirs<'_>, docs: &[String]) -> bool {
    let description = their.ty.get("description").and_then(Value::as_str);
    description.is_some_and(|it| text::doc_lines(it) == docs)
}
