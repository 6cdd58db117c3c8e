//! What is wrong with a message that cannot be read.

/// A received message that breaks the protocol; the connection ends with an error.
///
/// The texts are those of the reference server, where there is one (SignalR wire specification,
/// section 18).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// Not JSON, nested too deeply, or not UTF-8.
    #[error("Error reading JSON.")]
    Json,
    /// JSON, but not an object; names what came instead.
    #[error("Unexpected JSON Token Type '{0}'. Expected a JSON Object.")]
    NotAnObject(&'static str),
    /// A property the message cannot do without is missing.
    #[error("Missing required property '{0}'.")]
    MissingProperty(&'static str),
    /// A property has a value of the wrong type.
    #[error("Expected '{property}' to be of type {expected}.")]
    PropertyType {
        /// Name of the property.
        property: &'static str,
        /// The JSON type it must have.
        expected: &'static str,
    },
    /// The value of a header is not a string; holds the (shortened) name of the header.
    #[error("Expected header '{0}' to be of type String.")]
    HeaderType(String),
    /// A Completion is at once a success and a failure.
    #[error("The 'error' and 'result' properties are mutually exclusive.")]
    ResultAndError,
    /// A MessagePack item is missing, cut off, or of the wrong type.
    #[error("Reading '{item}' as {expected} failed.")]
    Item {
        /// What the item is.
        item: &'static str,
        /// The type it must have.
        expected: &'static str,
    },
    /// A MessagePack item is not the array or map it must be.
    #[error("Reading {kind} length for '{item}' failed.")]
    Length {
        /// What the item is.
        item: &'static str,
        /// `array` or `map`.
        kind: &'static str,
    },
    /// A MessagePack text that must say something is nil or empty.
    #[error("Null or empty {item} for {message} message.")]
    Empty {
        /// What the text is.
        item: &'static str,
        /// Name of the message type.
        message: &'static str,
    },
    /// A MessagePack Completion of an unknown kind.
    #[error("Invalid invocation result kind.")]
    ResultKind,
}

/// Longest piece of a client's text that an error repeats, in characters.
pub(crate) const MAX_QUOTE: usize = 200;

/// `text`, cut where an error text would become too long to pass on.
pub(crate) fn shortened(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
