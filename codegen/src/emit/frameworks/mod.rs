//! Files for one framework each, on request. Like the support file they are the same for every
//! contract: the compiler finds a hub's events in its class.

mod fake;

use crate::File;
use crate::model::Hub;
use std::collections::BTreeSet;

/// The part that the frameworks share: when a connection is started and stopped, and how it is.
const LIFECYCLE: (&str, &str) = ("hub-lifecycle.ts", include_str!("hub-lifecycle.ts"));

/// A framework that pages are written with; see [`Config::framework`](crate::Config::framework).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Framework {
    /// Hooks, in `hub-react.ts`; for React 18 and newer.
    React,
    /// Stores, in `hub-svelte.ts`; for Svelte 4 and newer.
    Svelte,
    /// Composables, in `hub-vue.ts`; for Vue 3.3 and newer.
    Vue,
    /// Observables, in `hub-rxjs.ts`; for `rxjs` 7.5.7 and newer, and so for Angular.
    RxJs,
}

impl Framework {
    const fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::React => ("hub-react.ts", include_str!("hub-react.ts")),
            Self::Svelte => ("hub-svelte.ts", include_str!("hub-svelte.ts")),
            Self::Vue => ("hub-vue.ts", include_str!("hub-vue.ts")),
            Self::RxJs => ("hub-rxjs.ts", include_str!("hub-rxjs.ts")),
        }
    }
}

/// What a run writes on request only.
#[derive(Debug, Clone, Default)]
pub(crate) struct Extras {
    pub(crate) frameworks: BTreeSet<Framework>,
    pub(crate) fakes: bool,
}

/// The files that were asked for.
pub(super) fn files(hubs: &[Hub], extras: &Extras) -> Vec<File> {
    let mut support = Vec::new();
    let mut files = Vec::new();
    support.extend(extras.frameworks.iter().map(|framework| framework.file()));
    if extras.fakes {
        support.push(fake::SUPPORT);
        files.extend(hubs.iter().map(fake::file));
    }
    if !support.is_empty() {
        support.push(LIFECYCLE);
    }
    files.extend(support.into_iter().map(self::support));
    files
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
        let frameworks = [
            Framework::React,
            Framework::Svelte,
            Framework::Vue,
            Framework::RxJs,
        ];
        let files = frameworks.map(Framework::file);
        for (name, text) in files.into_iter().chain([LIFECYCLE, fake::SUPPORT]) {
            assert!(text.starts_with(HEADER), "{name}");
        }
    }
}
