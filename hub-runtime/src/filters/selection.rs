use super::invocation::HubInvocation;
use hub_core::contract::HubDescription;

/// Which calls a ready-made filter is about, and which of them it looks at together.
#[derive(Debug, Clone, Default)]
pub(super) struct Selection {
    /// `None` for all.
    methods: Option<Vec<String>>,
    each: bool,
}

/// Calls that a filter looks at together: those of one method, or all. Methods that do not exist are
/// one, so that a client cannot make up any number of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Key(Option<&'static str>);

impl Selection {
    /// Only methods of these names.
    pub(super) fn only<I: Into<String>>(&mut self, methods: impl IntoIterator<Item = I>) {
        self.methods = Some(methods.into_iter().map(Into::into).collect());
    }

    /// Each method by itself.
    pub(super) fn each(&mut self) {
        self.each = true;
    }

    /// A name that no hub has would be a limit that is never kept.
    pub(super) fn check(&self, hubs: &[HubDescription]) -> Result<(), String> {
        let names = || hubs.iter().flat_map(|hub| hub.methods);
        let is_known =
            |name: &str| names().any(|method| method.wire_name.eq_ignore_ascii_case(name));
        let mut wanted = self.methods.iter().flatten();
        match wanted.find(|name| !is_known(name)) {
            None => Ok(()),
            Some(unknown) => Err(format!(
                "none of its hubs has a method `{unknown}`; a name is that on the wire, `SendMessage`"
            )),
        }
    }

    #[cfg(all(test, feature = "rate-limit"))]
    pub(super) fn all_together() -> Key {
        Key(None)
    }

    /// With which others to look at a call; `None` if it is none of the filter's.
    pub(super) fn key(&self, call: &HubInvocation) -> Option<Key> {
        let method = call.method();
        let is = |name: &String| method.is_some_and(|method| name.eq_ignore_ascii_case(method));
        match &self.methods {
            Some(methods) if !methods.iter().any(is) => None,
            _ => Some(Key(method.filter(|_| self.each))),
        }
    }
}
