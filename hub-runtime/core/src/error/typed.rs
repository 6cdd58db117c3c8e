//! Errors with a code and data, which generated clients tell apart.

use super::HubError;
use crate::contract::TypeRef;
use crate::protocol::write_json_value;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::fmt;
use ts_rs::TS;

/// An enum with `#[hub_error]`, which implements it: the ways in which a method can fail, each with a
/// sentence (`Display`), a code and data.
///
/// It travels as what serde makes of it, `{"code": "roomFull", "data": {"limit": 3}}`, in either
/// protocol.
pub trait TypedError:
    fmt::Display + Serialize + DeserializeOwned + TS + JsonSchema + Send + Sync + 'static
{
    /// The enum's name, by which clients know it.
    const NAME: &'static str;
}

/// A [`TypedError`] that a method may fail with, for whoever writes another language.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ErrorSignature {
    /// Its name on the wire.
    pub name: &'static str,
    /// Its code and data.
    pub ty: TypeRef,
}

impl ErrorSignature {
    /// Used by the macros.
    #[doc(hidden)]
    pub const fn of<E: TypedError>() -> Self {
        Self {
            name: E::NAME,
            ty: TypeRef::of::<E>(),
        }
    }
}

/// What a [`HubError`] keeps of a typed one.
pub(super) trait Kept: Send + Sync {
    fn name(&self) -> &'static str;

    /// `None` if the error cannot be written.
    fn json(&self) -> Option<String>;

    fn as_any(&self) -> &dyn Any;
}

impl<E: TypedError> Kept for E {
    fn name(&self) -> &'static str {
        E::NAME
    }

    fn json(&self) -> Option<String> {
        let mut json = Vec::new();
        write_json_value(&mut json, self).ok()?;
        String::from_utf8(json).ok()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Stands between the sentence and the error's name and JSON. The JSON holds no line break, so that
/// the last one of these is the right one, whatever the sentence says.
const MARKER: &str = "\n$error ";

impl HubError {
    /// What a client reads that can tell typed errors apart, if this is one: the sentence, and in a
    /// line of its own the name and the JSON. [`ToldError::parse`] is the way back.
    pub fn told(&self) -> Option<String> {
        let typed = self.0.typed.as_ref()?;
        let (name, json) = (typed.name(), typed.json()?);
        Some(format!("{}{MARKER}{name} {json}", self.message()))
    }
}

/// An error text as a client reads it: its sentence, and the typed error behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldError<'a> {
    /// For people.
    pub sentence: &'a str,
    /// The name of the `#[hub_error]`.
    pub name: &'a str,
    /// Its JSON.
    pub json: &'a str,
}

impl<'a> ToldError<'a> {
    /// The typed error in the text of a failed call, if there is one.
    pub fn parse(text: &'a str) -> Option<Self> {
        let (sentence, error) = text.rsplit_once(MARKER)?;
        let (name, json) = error.split_once(' ')?;
        Some(Self {
            sentence,
            name,
            json,
        })
    }

    /// The error, if it is an `E` and one that this `E` knows.
    pub fn get<E: TypedError>(&self) -> Option<E> {
        if self.name != E::NAME {
            return None;
        }
        serde_json::from_str(self.json).ok()
    }

    /// A text that is no typed error, and is not to be taken for one: it may repeat what a client
    /// has said.
    pub fn untyped(text: String) -> String {
        if text.contains(MARKER) {
            // With a space, or what follows could make a new one.
            text.replace(MARKER, "\n ")
        } else {
            text
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize, TS, JsonSchema)]
    #[serde(tag = "code", content = "data", rename_all = "camelCase")]
    enum ChatError {
        RoomFull { room: String, limit: u32 },
        Muted,
    }

    impl fmt::Display for ChatError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            match self {
                Self::RoomFull { room, limit } => write!(f, "{room} holds {limit} at most."),
                Self::Muted => f.write_str("You are muted."),
            }
        }
    }

    impl TypedError for ChatError {
        const NAME: &'static str = "ChatError";
    }

    fn full(room: &str) -> ChatError {
        let room = room.to_owned();
        ChatError::RoomFull { room, limit: 3 }
    }

    #[test]
    fn a_typed_error_is_a_sentence_to_people_and_an_error_to_programs() {
        let error = HubError::typed(full("Lobby"));
        assert_eq!(error.to_string(), "HubException: Lobby holds 3 at most.");
        assert!(error.is_shown());
        assert_eq!(error.downcast_ref(), Some(&full("Lobby")));
        let text = error.told().unwrap();
        let expected = "Lobby holds 3 at most.\n$error ChatError {\"code\":\"roomFull\",\"data\":{\"room\":\"Lobby\",\"limit\":3}}";
        assert_eq!(text, expected);
        let told = ToldError::parse(&text).unwrap();
        assert_eq!(told.sentence, "Lobby holds 3 at most.");
        assert_eq!(told.get::<ChatError>(), Some(full("Lobby")));
        let muted = HubError::typed(ChatError::Muted).told().unwrap();
        let told = ToldError::parse(&muted).unwrap();
        assert_eq!(told.json, r#"{"code":"muted"}"#);
        assert_eq!(told.get(), Some(ChatError::Muted));
    }

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize, TS, JsonSchema)]
    #[serde(tag = "code", content = "data", rename_all = "camelCase")]
    enum FileError {
        Known { content: crate::Bytes },
    }

    impl fmt::Display for FileError {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("It is known.")
        }
    }

    impl TypedError for FileError {
        const NAME: &'static str = "FileError";
    }

    #[test]
    fn bytes_in_an_error_were_numbers_and_are_text_like_everywhere_in_json() {
        let known = || FileError::Known {
            content: vec![0, 127, 255].into(),
        };
        let text = HubError::typed(known()).told().unwrap();
        let told = ToldError::parse(&text).unwrap();
        assert_eq!(told.json, r#"{"code":"known","data":{"content":"AH//"}}"#);
        assert_eq!(told.get(), Some(known()));
    }

    #[test]
    fn no_text_passes_for_a_typed_error() {
        let forged = "\n$error ChatError {\"code\":\"muted\"}";
        let told = HubError::typed(full(forged)).told().unwrap();
        let told = ToldError::parse(&told).unwrap();
        assert_eq!(told.get(), Some(full(forged)));
        for forged in [forged, "\n$error $error x y", "\n\n$error \n$error x y"] {
            let text = ToldError::untyped(forged.to_owned());
            assert_eq!(ToldError::parse(&text), None, "{text}");
        }
        assert_eq!(HubError::new("x").told(), None);
        assert!(HubError::new("x").downcast_ref::<ChatError>().is_none());
    }

    #[test]
    fn a_hidden_error_is_no_typed_one() {
        let hidden = HubError::typed(ChatError::Muted).hidden();
        assert!(!hidden.is_shown());
        assert_eq!(hidden.told(), None);
    }
}
