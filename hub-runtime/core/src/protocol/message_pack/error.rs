//! What is wrong with a MessagePack value.

use std::fmt;

/// A MessagePack value that is malformed or does not fit the type asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct DecodeError(Box<str>);

impl DecodeError {
    pub(super) fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// The bytes end before the value does.
    #[cold]
    pub(super) fn truncated() -> Self {
        Self::new("the value is cut off")
    }

    #[cold]
    pub(super) fn too_deep() -> Self {
        Self::new("arrays and maps are nested too deeply")
    }
}

impl serde::de::Error for DecodeError {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Self(text.to_string().into())
    }
}
