//! What has changed between two states of a contract, and whether clients of the first bear it.

use super::description::{Call, Description, Kind, Side, UPLOAD};
use super::fits::{Comparison, Direction};
use crate::syntax::{Member, Type};
use std::fmt;

/// Something that is different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) weight: Weight,
    /// The call or type, and what became of it.
    pub(crate) text: String,
}

/// What a change means to clients of the earlier state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// They are no longer understood, or no longer understand.
    Breaks,
    /// It is there for later clients.
    Added,
    /// They do not notice.
    Changed,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.weight {
            Weight::Breaks => '!',
            Weight::Added => '+',
            Weight::Changed => '~',
        };
        write!(f, "{mark} {}", self.text)
    }
}

/// Everything that has changed, what breaks first.
pub(crate) fn changes(old: &Description, new: &Description) -> Vec<Change> {
    let mut changes = Changes {
        old,
        new,
        found: Vec::new(),
    };
    for (key, before) in &old.calls {
        match new.calls.get(key) {
            Some(after) => changes.call(before, after),
            None => changes.add(Weight::Breaks, before, "is gone"),
        }
    }
    for (key, after) in &new.calls {
        if !old.calls.contains_key(key) {
            changes.new_call(after);
        }
    }
    changes.errors();
    changes.types();
    changes.found.sort_by_key(|change| change.weight);
    changes.found
}

/// What is being compared, and what was found so far.
pub(super) struct Changes<'a> {
    pub(super) old: &'a Description,
    pub(super) new: &'a Description,
    found: Vec<Change>,
}

impl Changes<'_> {
    pub(super) fn add(&mut self, weight: Weight, call: &Call, what: impl fmt::Display) {
        let text = format!("{} {}: {what}", call.kind.word(), call.wire_name);
        self.found.push(Change { weight, text });
    }

    fn new_call(&mut self, call: &Call) {
        if call.kind == Kind::Result {
            self.add(
                Weight::Breaks,
                call,
                "is new, and earlier clients do not answer it",
            );
        } else {
            self.add(Weight::Added, call, "is new");
        }
    }

    fn call(&mut self, old: &Call, new: &Call) {
        if old.kind != new.kind {
            let what = format!(
                "was {}, and is {}",
                with_article(old.kind),
                with_article(new.kind)
            );
            self.add(Weight::Breaks, new, what);
            return;
        }
        if old.wire_name != new.wire_name {
            self.add(
                Weight::Changed,
                new,
                format!("was spelled `{}`", old.wire_name),
            );
        }
        self.parameters(old, new);
        self.answers(old, new);
    }

    fn parameters(&mut self, old: &Call, new: &Call) {
        for (before, after) in old.parameters.iter().zip(&new.parameters) {
            self.parameter(old, new, before, after);
        }
        let common = old.parameters.len().min(new.parameters.len());
        for gone in &old.parameters[common..] {
            self.add(Weight::Breaks, new, format!("`{}` is gone", gone.name));
        }
        for added in &new.parameters[common..] {
            self.new_parameter(new, added);
        }
    }

    fn new_parameter(&mut self, call: &Call, added: &Member) {
        let name = &added.name;
        match call.kind.side() {
            // JavaScript's handlers do not mind arguments that they do not know.
            Side::Client => self.add(Weight::Added, call, format!("`{name}` is new")),
            Side::Server if added.optional => {
                self.add(
                    Weight::Added,
                    call,
                    format!("`{name}` is new, and may be left out"),
                );
            }
            Side::Server => {
                let what = format!("`{name}` is new, and earlier clients leave it out");
                self.add(Weight::Breaks, call, what);
            }
        }
    }

    fn parameter(&mut self, old_call: &Call, call: &Call, old: &Member, new: &Member) {
        let name = &new.name;
        if old.name != *name {
            // Arguments have no names on the wire. Where two of one type change places, nothing
            // else tells.
            let has_moved = old_call.parameters.iter().any(|it| it.name == *name)
                || call.parameters.iter().any(|it| it.name == old.name);
            let (weight, what) = if has_moved {
                (
                    Weight::Breaks,
                    format!("`{name}` stands where `{}` stood", old.name),
                )
            } else {
                (
                    Weight::Changed,
                    format!("`{}` is called `{name}`", old.name),
                )
            };
            self.add(weight, call, what);
            if has_moved {
                return;
            }
        }
        let optional = match call.kind.side() {
            Side::Server => (old.optional && !new.optional, "can no longer be left out"),
            Side::Client => (new.optional && !old.optional, "may be missing now"),
        };
        match optional {
            (true, what) => self.add(Weight::Breaks, call, format!("`{name}` {what}")),
            (false, _) if old.optional != new.optional => {
                let what = if new.optional {
                    "may be left out"
                } else {
                    "is never missing"
                };
                self.add(Weight::Changed, call, format!("`{name}` {what}"));
            }
            (false, _) => {}
        }
        let direction = match call.kind.side() {
            Side::Server => Direction::ToServer,
            Side::Client => Direction::ToClient,
        };
        match (upload(&old.ty), upload(&new.ty)) {
            (Some(old), Some(new)) => self.fits(call, name, direction, old, new),
            (None, None) => self.fits(call, name, direction, &old.ty, &new.ty),
            (was, _) => {
                let what = if was.is_some() {
                    "no upload any more"
                } else {
                    "an upload now"
                };
                self.add(Weight::Breaks, call, format!("`{name}` is {what}"));
            }
        }
    }

    fn answers(&mut self, old: &Call, new: &Call) {
        // Items of a stream and the answers of clients are `null` where they say nothing.
        let null = Type::Name {
            name: "null".to_owned(),
            arguments: Vec::new(),
        };
        match (new.kind, &old.answer, &new.answer) {
            (_, None, None) => {}
            (Kind::Method, None, Some(_)) => self.add(Weight::Changed, new, "answers with a value"),
            (Kind::Method, Some(_), None) => {
                self.add(Weight::Breaks, new, "answers with no value any more");
            }
            (kind, before, after) => {
                let (what, direction) = match kind {
                    Kind::Stream => ("item", Direction::ToClient),
                    Kind::Method => ("answer", Direction::ToClient),
                    Kind::Event | Kind::Result => ("answer", Direction::ToServer),
                };
                let before = before.as_ref().unwrap_or(&null);
                self.fits(
                    new,
                    what,
                    direction,
                    before,
                    after.as_ref().unwrap_or(&null),
                );
            }
        }
    }

    pub(super) fn fits(
        &mut self,
        call: &Call,
        what: &str,
        direction: Direction,
        old: &Type,
        new: &Type,
    ) {
        let mut comparison = Comparison::new(&self.old.types, &self.new.types, direction);
        match comparison.ty(old, new) {
            Err(misfit) => {
                let text = format!("`{}` {}", misfit.place(what), misfit.problem);
                self.add(Weight::Breaks, call, text);
            }
            Ok(()) if old != new => {
                let text = format!("`{what}` was `{old}`, and is `{new}`");
                self.add(Weight::Changed, call, text);
            }
            Ok(()) => {}
        }
    }

    /// The lines in which types differ. What of that breaks is told with the calls that it breaks.
    fn types(&mut self) {
        for (name, after) in &self.new.types {
            let Some(before) = self.old.types.get(name) else {
                continue;
            };
            let (before, after) = (before.lines(name), after.lines(name));
            let gone = before.iter().filter(|line| !after.contains(line));
            let come = after.iter().filter(|line| !before.contains(line));
            let lines = gone.map(|it| ('-', it)).chain(come.map(|it| ('+', it)));
            for (mark, line) in lines {
                let text = format!("type {name}: {mark} {}", line.trim());
                let weight = Weight::Changed;
                self.found.push(Change { weight, text });
            }
        }
    }
}

fn with_article(kind: Kind) -> &'static str {
    match kind {
        Kind::Method => "a method",
        Kind::Stream => "a stream",
        Kind::Event => "an event",
        Kind::Result => "a client result",
    }
}

/// What an upload uploads.
fn upload(ty: &Type) -> Option<&Type> {
    match ty {
        Type::Name { name, arguments } if name == UPLOAD => arguments.first(),
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// One call in its two states, with a type beside it.
    #[track_caller]
    pub(in crate::lock) fn check(old: &[&str], new: &[&str], expected: &[&str]) {
        let parse = |lines: &[&str]| Description::parse("Hub", 1, lines).unwrap();
        let changes = changes(&parse(old), &parse(new));
        let changes: Vec<_> = changes.iter().map(Change::to_string).collect();
        assert_eq!(changes, expected);
    }

    #[test]
    fn calls_may_come_but_not_go() {
        let none = [];
        check(&none, &["method A"], &["+ method A: is new"]);
        check(&none, &["stream A"], &["+ stream A: is new"]);
        check(&none, &["event A"], &["+ event A: is new"]);
        let question = ["! result A: is new, and earlier clients do not answer it"];
        check(&none, &["result A"], &question);
        for kind in ["method", "stream", "event", "result"] {
            let gone = format!("! {kind} A: is gone");
            check(&[&format!("{kind} A")], &none, &[&gone]);
        }
        check(
            &["method A"],
            &["method B"],
            &["! method A: is gone", "+ method B: is new"],
        );
        check(
            &["method A"],
            &["method a"],
            &["~ method a: was spelled `A`"],
        );
    }

    #[test]
    fn kinds_stay() {
        check(
            &["method A"],
            &["stream A"],
            &["! stream A: was a method, and is a stream"],
        );
        check(
            &["event A"],
            &["result A"],
            &["! result A: was an event, and is a client result"],
        );
    }

    #[test]
    fn parameters_of_methods() {
        let one = ["method A", "  a: string"];
        check(
            &one,
            &["method A", "  a: string", "  b?: string"],
            &["+ method A: `b` is new, and may be left out"],
        );
        check(
            &one,
            &["method A", "  a: string", "  b: string"],
            &["! method A: `b` is new, and earlier clients leave it out"],
        );
        check(&one, &["method A"], &["! method A: `a` is gone"]);
        check(
            &one,
            &["method A", "  a?: string"],
            &["~ method A: `a` may be left out"],
        );
        check(
            &["method A", "  a?: string"],
            &one,
            &["! method A: `a` can no longer be left out"],
        );
        check(
            &one,
            &["method A", "  b: string"],
            &["~ method A: `a` is called `b`"],
        );
        check(
            &one,
            &["method A", "  a: number"],
            &["! method A: `a` was `string`, and is `number`"],
        );
        check(
            &one,
            &["method A", "  a: number | string"],
            &["~ method A: `a` was `string`, and is `number | string`"],
        );
        check(
            &one,
            &["method A", "  a: Upload<string>"],
            &["! method A: `a` is an upload now"],
        );
    }

    #[test]
    fn arguments_that_change_places_are_found_by_their_names() {
        check(
            &["method A", "  room: string", "  text: string"],
            &["method A", "  text: string", "  room: string"],
            &[
                "! method A: `text` stands where `room` stood",
                "! method A: `room` stands where `text` stood",
            ],
        );
    }

    #[test]
    fn parameters_of_events() {
        let one = ["event A", "  a: string"];
        check(
            &one,
            &["event A", "  a: string", "  b: string"],
            &["+ event A: `b` is new"],
        );
        check(&one, &["event A"], &["! event A: `a` is gone"]);
        check(
            &one,
            &["event A", "  a: string | null"],
            &["! event A: `a` can be `null`, which earlier clients do not know"],
        );
    }

    #[test]
    fn answers() {
        check(
            &["method A"],
            &["method A", "  -> number"],
            &["~ method A: answers with a value"],
        );
        check(
            &["method A", "  -> number"],
            &["method A"],
            &["! method A: answers with no value any more"],
        );
        check(
            &["stream A"],
            &["stream A", "  -> number"],
            &["! stream A: `item` was `null`, and is `number`"],
        );
        let choice = ["result A", "  -> number"];
        check(
            &choice,
            &["result A", "  -> null | number"],
            &["~ result A: `answer` was `number`, and is `null | number`"],
        );
        check(
            &["result A", "  -> null | number"],
            &choice,
            &["! result A: `answer` can no longer be `null`"],
        );
    }

    #[test]
    fn a_type_is_judged_by_the_ways_it_travels() {
        let old = [
            "method Send",
            "  message: Message",
            "event Got",
            "  message: Message",
            "type Message",
            "  text: string",
        ];
        let mut new = old.to_vec();
        new.push("  at: string");
        check(
            &old,
            &new,
            &[
                "! method Send: `message.at` is new, and earlier clients leave it out",
                "~ type Message: + at: string",
            ],
        );
        check(&old[2..], &new[2..], &["~ type Message: + at: string"]);
    }
}
