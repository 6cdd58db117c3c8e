//! Errors of hubs and of sending.

mod typed;

pub use typed::{ErrorSignature, ToldError, TypedError};

use crate::protocol::EncodeError;
use std::any::Any;
use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// Why a hub method failed.
///
/// [`HubError::new`] makes the deliberate kind, whose text always reaches the caller (SignalR's
/// `HubException`). Every other error becomes one through `?`: it is logged, and the caller reads
/// a neutral sentence unless detailed errors are switched on.
///
/// ```
/// # use hub_core as hub_runtime;
/// use hub_runtime::HubError;
///
/// fn find(room: &str) -> Result<u32, HubError> {
///     if room.is_empty() {
///         return Err(HubError::new("There is no such room."));    // the caller reads this
///     }
///     Ok("12x".parse::<u32>()?)                                   // the caller does not read this
/// }
///
/// assert!(find("").unwrap_err().is_shown());
/// assert!(!find("a").unwrap_err().is_shown());
/// ```
///
/// Like other catch-all error types it does not implement [`Error`] itself, so that every type
/// that does can be converted.
pub struct HubError(Box<Inner>);

/// In a box, since all calls have room for an error and few have one.
struct Inner {
    shown: bool,
    name: Cow<'static, str>,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    typed: Option<Box<dyn typed::Kept>>,
}

impl HubError {
    /// An error whose text always reaches the caller.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            shown: true,
            name: "HubException".into(),
            message: message.into(),
            source: None,
            typed: None,
        }))
    }

    /// An error that reaches the caller only with detailed errors on, then as `name: message`;
    /// what `?` makes of every `std::error::Error`, named after its type.
    pub fn internal(name: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            shown: false,
            name: name.into(),
            message: message.into(),
            source: None,
            typed: None,
        }))
    }

    /// What a `#[hub_error]` becomes through `?`: its sentence reaches every caller, and generated
    /// clients also its code and data.
    pub fn typed(error: impl TypedError) -> Self {
        let mut told = Self::new(error.to_string());
        told.0.typed = Some(Box::new(error));
        told
    }

    /// The same error, kept from the caller as those are which `?` makes.
    #[must_use]
    pub fn hidden(mut self) -> Self {
        self.0.shown = false;
        self.0.typed = None;
        self
    }

    /// Whether the text reaches the caller whatever the settings.
    pub fn is_shown(&self) -> bool {
        self.0.shown
    }

    /// The kind of error as SignalR's texts name it, e.g. `HubException`.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The text without the name.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The `#[hub_error]` that this one was made from, if it was made from an `E` that is shown.
    pub fn downcast_ref<E: TypedError>(&self) -> Option<&E> {
        self.0.typed.as_ref()?.as_any().downcast_ref()
    }

    /// The error that this one was made from, if it was.
    pub fn source(&self) -> Option<&(dyn Error + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }
}

impl fmt::Display for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.name, self.0.message)
    }
}

impl fmt::Debug for HubError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubError")
            .field("shown", &self.0.shown)
            .field("name", &self.0.name)
            .field("message", &self.0.message)
            .finish_non_exhaustive()
    }
}

impl<E: Error + Send + Sync + 'static> From<E> for HubError {
    fn from(error: E) -> Self {
        let any = &error as &dyn Any;
        // What a client said about its own failure was said to be read (wire specification, 14).
        if let Some(ClientResultError::Client(text)) = any.downcast_ref() {
            return Self::new(text.clone());
        }
        // It is the caller who has gone too far.
        if let Some(SendError::TooManyGroups(_) | SendError::GroupNameTooLong(_)) =
            any.downcast_ref()
        {
            return Self::new(error.to_string());
        }
        let name = std::any::type_name::<E>();
        let name = name
            .split('<')
            .next()
            .and_then(|path| path.rsplit("::").next())
            .unwrap_or(name);
        let mut internal = Self::internal(name, error.to_string());
        internal.0.source = Some(Box::new(error));
        internal
    }
}

/// A call on clients could not be sent, or a group not be joined.
///
/// A connection that is gone, or a group without members, is no error: a send says "queued for
/// every connection that is there", never "delivered".
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// An argument could not be written.
    #[error("an argument of the call could not be encoded")]
    Encode(#[from] EncodeError),
    /// A connection was to join a further group and is in so many already
    /// (`HubOptions::maximum_groups_per_connection`). Through `?` it becomes a [`HubError`] that the
    /// caller reads.
    #[error("The connection is in {0} groups, which is as many as it may be in.")]
    TooManyGroups(usize),
    /// A connection was to join a group whose name has more than so many bytes
    /// (`HubOptions::maximum_group_name_length`). Through `?` it becomes a [`HubError`] that the
    /// caller reads.
    #[error("The name of a group may have {0} bytes at most.")]
    GroupNameTooLong(usize),
    /// A filter of the hub failed, or failed the call on purpose. The text is the filter's.
    #[error("a filter kept the call from being sent: {0}")]
    Filter(String),
}

/// A client that was asked did not give a result.
///
/// The texts are SignalR's. Through `?` it becomes a [`HubError`], which the caller reads only where
/// the asked client has reported the failure itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientResultError {
    /// An argument could not be written.
    #[error("an argument of the call could not be encoded")]
    Encode(#[from] EncodeError),
    /// The client reported an error, or has no handler. The text is the client's.
    #[error("{0}")]
    Client(String),
    /// There is no such connection.
    #[error("Connection '{0}' does not exist.")]
    UnknownConnection(String),
    /// The connection ended before the client answered.
    #[error("Connection '{0}' disconnected.")]
    Disconnected(String),
    /// The answer is not of the declared type.
    #[error("Error trying to deserialize result to {expected}. {detail}")]
    WrongType {
        /// The declared type.
        expected: &'static str,
        /// What did not fit.
        detail: String,
    },
    /// Asked while `on_connected` runs, when answers cannot be read yet.
    #[error("Client results inside OnConnectedAsync Hub methods are not allowed.")]
    InsideOnConnected,
    /// A filter of the hub failed, or kept the call from the client.
    #[error("A filter kept the call from the client: {0}")]
    Filter(String),
}
