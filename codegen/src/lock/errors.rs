//! The errors that clients can tell apart. They know each by its name on the wire, from whichever call it
//! comes.

use super::compare::{Changes, Weight};
use super::description::{Call, Description};
use super::fits::Direction;
use crate::syntax::Type;
use std::collections::BTreeMap;

impl Changes<'_> {
    /// Errors are known by their names, whichever call fails with them: what clients know of one has to
    /// hold for each call that fails with it now.
    pub(super) fn errors(&mut self) {
        let (earlier, later) = (earlier_errors(self.old), errors(self.new));
        for (key, call) in &self.new.calls {
            if let Some(before) = self.old.calls.get(key) {
                self.other_errors(before, call, &later);
            }
            for (name, ty) in &call.errors {
                if let Some(known) = earlier.get(name.as_str()) {
                    self.fits(call, name, Direction::ToClient, known, ty);
                }
            }
        }
    }

    /// Clients take an error that they do not know for any other failure. One that is gone could come
    /// back as something else, unless other calls still fail with it.
    fn other_errors(&mut self, old: &Call, new: &Call, later: &Errors<'_>) {
        for name in new.errors.keys() {
            if !old.errors.contains_key(name) {
                self.add(Weight::Added, new, format!("can fail with `{name}`"));
            }
        }
        for name in old.errors.keys() {
            if !new.errors.contains_key(name) {
                let weight = if later.contains_key(name.as_str()) {
                    Weight::Changed
                } else {
                    Weight::Breaks
                };
                self.add(weight, new, format!("can no longer fail with `{name}`"));
            }
        }
    }
}

/// Types of errors, by the errors' names on the wire.
type Errors<'a> = BTreeMap<&'a str, Type>;

/// The errors that calls may fail with.
fn errors(description: &Description) -> Errors<'_> {
    let errors = description.calls.values().flat_map(|call| &call.errors);
    errors
        .map(|(name, ty)| (name.as_str(), ty.clone()))
        .collect()
}

/// The errors that clients of an earlier state know. Where it names none for any call, it may have
/// been written before errors stood in lock files; their types did, under the same names.
fn earlier_errors(description: &Description) -> Errors<'_> {
    let named = errors(description);
    if !named.is_empty() {
        return named;
    }
    let types = description.types.keys().map(|name| {
        let ty = Type::Name {
            name: name.clone(),
            arguments: Vec::new(),
        };
        (name.as_str(), ty)
    });
    types.collect()
}

#[cfg(test)]
mod tests {
    use crate::lock::compare::tests::check;

    /// `EntryError` as a type that has these operands.
    fn entry_error(operands: &'static [&'static str]) -> impl Iterator<Item = &'static str> {
        std::iter::once("type EntryError").chain(operands.iter().copied())
    }

    #[test]
    fn errors_may_come_but_not_go() {
        let plain = ["method A", "  -> number"];
        let fails = ["method A", "  -> number", "  fails E", "type E = \"x\""];
        check(&plain, &fails, &["+ method A: can fail with `E`"]);
        check(&fails, &plain, &["! method A: can no longer fail with `E`"]);
        check(
            &fails,
            &["method A", "  -> number", "  fails F", "type F = \"x\""],
            &[
                "! method A: can no longer fail with `E`",
                "+ method A: can fail with `F`",
            ],
        );
        check(&[], &fails, &["+ method A: is new"]);
    }

    #[test]
    fn an_error_that_other_calls_fail_with_has_not_gone() {
        let both = [
            "method A",
            "  fails E",
            "stream B",
            "  fails E",
            "type E = \"x\"",
        ];
        let one = ["method A", "stream B", "  fails E", "type E = \"x\""];
        check(&both, &one, &["~ method A: can no longer fail with `E`"]);
        check(&one, &both, &["+ method A: can fail with `E`"]);
    }

    #[test]
    fn errors_are_judged_as_what_clients_read() {
        let head = ["method A", "  fails EntryError"];
        let of = |operands| {
            head.into_iter()
                .chain(entry_error(operands))
                .collect::<Vec<_>>()
        };
        let old = of(&[
            "  | { code: \"a\"; data: { x: number } }",
            "  | { code: \"b\" }",
        ]);
        let more = of(&[
            "  | { code: \"a\"; data: { x: number } }",
            "  | { code: \"b\" }",
            "  | { code: \"c\" }",
        ]);
        check(
            &old,
            &more,
            &[
                "! method A: `EntryError` can be `{ code: \"c\" }`, which earlier clients do not know",
                "~ type EntryError: + | { code: \"c\" }",
            ],
        );
        check(&more, &old, &["~ type EntryError: - | { code: \"c\" }"]);
        let wider = of(&[
            "  | { code: \"a\"; data: { x: number; y: string } }",
            "  | { code: \"b\" }",
        ]);
        let lines = [
            "~ type EntryError: - | { code: \"a\"; data: { x: number } }",
            "~ type EntryError: + | { code: \"a\"; data: { x: number; y: string } }",
        ];
        check(&old, &wider, &lines);
        let other = of(&[
            "  | { code: \"a\"; data: { x: string } }",
            "  | { code: \"b\" }",
        ]);
        check(
            &old,
            &other,
            &[
                "! method A: `EntryError.data.x` was `number`, and is `string`",
                "~ type EntryError: - | { code: \"a\"; data: { x: number } }",
                "~ type EntryError: + | { code: \"a\"; data: { x: string } }",
            ],
        );
    }

    #[test]
    fn an_error_means_the_same_in_another_call() {
        check(
            &["method A", "  fails E", "method B", "type E = \"x\""],
            &["method A", "method B", "  fails E", "type E = \"y\""],
            &[
                "! method B: `E` was `\"x\"`, and is `\"y\"`",
                "+ method B: can fail with `E`",
                "~ method A: can no longer fail with `E`",
                "~ type E: - type E = \"x\"",
                "~ type E: + type E = \"y\"",
            ],
        );
        check(
            &["method A", "  fails E", "type E = \"x\""],
            &["method A", "  fails E: F", "type F = \"x\""],
            &["~ method A: `E` was `E`, and is `F`"],
        );
    }

    #[test]
    fn a_lock_file_without_errors_knows_their_types() {
        let lines = |calls: &[&'static str], operands| {
            let calls = calls.iter().copied();
            calls.chain(entry_error(operands)).collect::<Vec<_>>()
        };
        let old = lines(&["method A"], &["  | \"x\"", "  | \"y\""]);
        let calls = ["method A", "  fails EntryError"];
        let same = lines(&calls, &["  | \"x\"", "  | \"y\""]);
        check(&old, &same, &["+ method A: can fail with `EntryError`"]);
        let other = lines(&calls, &["  | \"x\"", "  | \"y\"", "  | \"z\""]);
        check(
            &old,
            &other,
            &[
                "! method A: `EntryError` can be `\"z\"`, which earlier clients do not know",
                "+ method A: can fail with `EntryError`",
                "~ type EntryError: + | \"z\"",
            ],
        );
    }
}
