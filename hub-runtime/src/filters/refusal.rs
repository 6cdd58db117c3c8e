use hub_core::HubError;
use std::fmt;

/// Why a call never reached its method. `Display` is what the caller reads.
///
/// A [`HubFilter`](super::HubFilter) sees it in advance in
/// [`HubInvocation::refusal`](super::HubInvocation::refusal) where it is known by then, and in the
/// error that `next` gives: [`Refusal::of`] finds it there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    reason: RefusalReason,
    text: Box<str>,
}

/// The kinds of [`Refusal`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefusalReason {
    /// The hub has no such method.
    UnknownMethod,
    /// The caller may not call the method: it lacks a role, or a policy said no.
    Unauthorized,
    /// A streaming method was invoked, or a plain one streamed from.
    WrongKind,
    /// A stream of this connection has the invocation id already.
    IdInUse,
    /// The caller sends more or fewer streams than the method takes.
    WrongStreamCount,
    /// The arguments do not fit the parameters, in number or in type.
    WrongArguments,
}

impl Refusal {
    pub(crate) fn new(reason: RefusalReason, text: String) -> Self {
        Self {
            reason,
            text: text.into(),
        }
    }

    /// The refusal that an error was made from, if it was.
    pub fn of(error: &HubError) -> Option<&Self> {
        error.source()?.downcast_ref()
    }

    /// Which kind it is.
    pub fn reason(&self) -> RefusalReason {
        self.reason
    }

    pub(crate) fn into_text(self) -> String {
        self.text.into()
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnknownMethod => "there is no such method",
            Self::Unauthorized => "the caller may not call the method",
            Self::WrongKind => "the method answers in another way",
            Self::IdInUse => "the invocation id is in use",
            Self::WrongStreamCount => "the number of streams is wrong",
            Self::WrongArguments => "the arguments do not fit",
        })
    }
}
