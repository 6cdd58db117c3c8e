//! Files for one framework each, on request. Like the support file they are the same for every
//! contract: the compiler finds a hub's events in its class.

use crate::File;
use std::collections::BTreeSet;

/// The part that the frameworks share: when a connection is started and stopped, and how it is.
const LIFECYCLE: (&str, &str) = ("hub-lifecycle.ts", include_str!("hub-lifecycle.ts"));

/// A framework that pages are written with; see [`Config::framework`](crate::Config::framework).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Framework {
    /// Hooks, in `hub-react.ts`; for React 18 and newer.
    React,
}

impl Framework {
    const fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::React => ("hub-react.ts", include_str!("hub-react.ts")),
        }
    }
}

/// The files for these frameworks; none for none.
pub(super) fn files(frameworks: &BTreeSet<Framework>) -> Vec<File> {
    let own = frameworks.iter().map(|framework| framework.file());
    let shared = (!frameworks.is_empty()).then_some(LIFECYCLE);
    own.chain(shared).map(support).collect()
}

fn support((name, text): (&str, &str)) -> File {
    File {
        name: name.to_owned(),
        // A checkout may have changed the line ends.
        text: text.replace("\r\n", "\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::HEADER;

    #[test]
    fn every_file_opens_with_the_header() {
        for (name, text) in [LIFECYCLE, Framework::React.file()] {
            assert!(text.starts_with(HEADER), "{name}");
        }
    }
}
