//! The part of a lock file that a server reads: which revisions of which contracts there were.

use super::Revision;
use std::collections::BTreeMap;

/// Opens the section of a hub.
const HUB: &str = "hub ";
/// Opens the line of a revision.
const REVISION: &str = "  revision ";

/// The revisions in a lock file of contracts, hub by hub, oldest first.
///
/// A lock file is written by `hub-codegen` and committed. A section of it begins with the line
/// `hub ChatHub`, and holds a line `  revision 2-0123456789abcdef` for each revision; everything else
/// is for codegen and for readers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger(BTreeMap<String, Vec<Revision>>);

/// A lock file that says something else than codegen writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
#[non_exhaustive]
pub struct LedgerError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Ledger {
    /// Reads the revisions of a lock file.
    ///
    /// # Errors
    ///
    /// A line that is damaged, such as what a merge in conflict leaves; a hub that is there twice.
    pub fn parse(text: &str) -> Result<Self, LedgerError> {
        let mut hubs = BTreeMap::<String, Vec<Revision>>::new();
        let mut hub = None;
        for (at, line) in text.lines().enumerate() {
            let wrong = |problem| LedgerError {
                line: at + 1,
                problem,
            };
            if is_mark_of_a_conflict(line) {
                return Err(wrong("a merge has left a conflict here"));
            } else if let Some(name) = line.strip_prefix(HUB) {
                if hubs.insert(name.to_owned(), Vec::new()).is_some() {
                    return Err(wrong("the hub has a section already"));
                }
                hub = Some(name);
            } else if let Some(revision) = line.strip_prefix(REVISION) {
                let revisions = hub.and_then(|hub| hubs.get_mut(hub));
                let revisions = revisions.ok_or_else(|| wrong("no hub stands above it"))?;
                let revision: Revision = revision.parse().map_err(|_| wrong("no revision"))?;
                if revisions
                    .last()
                    .is_some_and(|it| it.version > revision.version)
                {
                    return Err(wrong("the version before is higher"));
                }
                revisions.push(revision);
            }
        }
        Ok(Self(hubs))
    }

    /// The revisions of a hub, oldest first; `None` if the file knows no such hub.
    pub fn revisions(&self, hub: &str) -> Option<&[Revision]> {
        self.0.get(hub).map(Vec::as_slice)
    }
}

/// What git writes around the two sides of a conflict.
fn is_mark_of_a_conflict(line: &str) -> bool {
    ["<<<<<<<", "=======", ">>>>>>>", "|||||||"]
        .iter()
        .any(|mark| line.starts_with(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn revisions_are_found_among_everything_else() {
        let text = "# Written by hub-codegen.\n\nhub ChatHub\n\n  revision 1-0000000000000001\n    \
                    - method `Ban`\r\n  revision 2-0000000000000002\r\n\n  contract\n    method Ban\n\n\
                    hub Other\n";
        let ledger = Ledger::parse(text).unwrap();
        let revisions: Vec<_> = ledger
            .revisions("ChatHub")
            .unwrap()
            .iter()
            .map(Revision::to_string)
            .collect();
        assert_eq!(revisions, ["1-0000000000000001", "2-0000000000000002"]);
        assert_eq!(ledger.revisions("Other"), Some(&[][..]));
        assert_eq!(ledger.revisions("chathub"), None);
    }

    #[test]
    fn damage_is_told_by_its_line() {
        #[track_caller]
        fn check(text: &str, expected: &str) {
            assert_eq!(Ledger::parse(text).unwrap_err().to_string(), expected);
        }
        check(
            "  revision 1-0000000000000001\n",
            "line 1: no hub stands above it",
        );
        check("hub A\n  revision 1\n", "line 2: no revision");
        check("hub A\nhub A\n", "line 2: the hub has a section already");
        check(
            "hub A\n<<<<<<< ours\n",
            "line 2: a merge has left a conflict here",
        );
        check(
            "hub A\n  revision 2-0000000000000001\n  revision 1-0000000000000001\n",
            "line 3: the version before is higher",
        );
    }
}
