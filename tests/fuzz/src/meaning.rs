//! What a hub message says, whichever protocol it came in and whoever has read it.

use hub_core::protocol::{
    ArgumentList, CompletionOutcome, EncodeError, Encoded, Framing, Message, Protocol, RawValue,
};
use serde::{Serialize, Serializer};

use crate::tree::Tree;

/// A hub message whose values are read. `None` in place of a value is one that cannot be: a reader
/// of messages looks at most of them from outside only.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning {
    Invocation(Invocation),
    StreamItem {
        id: String,
        item: Option<Tree>,
    },
    Completion {
        id: String,
        outcome: Outcome,
    },
    CancelInvocation(String),
    Ping,
    Close {
        error: Option<String>,
        allow_reconnect: bool,
    },
    Ack(u64),
    Sequence(u64),
    Unknown(i64),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Invocation {
    pub(crate) id: Option<String>,
    pub(crate) streaming: bool,
    pub(crate) target: String,
    pub(crate) arguments: Option<Tree>,
    pub(crate) stream_ids: Vec<String>,
    pub(crate) headers: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Error(String),
    Void,
    Value(Option<Tree>),
}

impl Meaning {
    /// What our reader has found.
    pub(crate) fn of(message: &Message<'_>) -> Self {
        match message {
            Message::Invocation(call) => {
                let arguments = RawValue::new(call.arguments.protocol(), call.arguments.bytes());
                let headers = call.headers.pairs().into_iter();
                Self::Invocation(Invocation {
                    id: call.invocation_id.as_ref().map(owned),
                    streaming: call.streaming,
                    target: owned(&call.target),
                    arguments: arguments.decode().ok(),
                    stream_ids: call.stream_ids.iter().map(owned).collect(),
                    headers: headers
                        .map(|(key, value)| (owned(key), owned(value)))
                        .collect(),
                })
            }
            Message::StreamItem {
                invocation_id,
                item,
            } => Self::StreamItem {
                id: owned(invocation_id),
                item: item.decode().ok(),
            },
            Message::Completion {
                invocation_id,
                outcome,
            } => Self::Completion {
                id: owned(invocation_id),
                outcome: match outcome {
                    CompletionOutcome::Error(error) => Outcome::Error(owned(error)),
                    CompletionOutcome::Void => Outcome::Void,
                    CompletionOutcome::Value(value) => Outcome::Value(value.decode().ok()),
                },
            },
            Message::CancelInvocation { invocation_id } => {
                Self::CancelInvocation(owned(invocation_id))
            }
            Message::Ping => Self::Ping,
            Message::Close {
                error,
                allow_reconnect,
            } => Self::Close {
                error: error.as_ref().map(owned),
                allow_reconnect: *allow_reconnect,
            },
            Message::Ack(number) => Self::Ack(*number),
            Message::Sequence(number) => Self::Sequence(*number),
            Message::Unknown(kind) => Self::Unknown(*kind),
            other => panic!("a message that the targets do not know: {other:?}"),
        }
    }

    /// Writes the message in each protocol that can say it, and reads it back.
    pub(crate) fn check_round_trip(&self) {
        let expected = self.as_written();
        for protocol in Protocol::ALL {
            if protocol == Protocol::Json && !self.value().is_none_or(Tree::fits_json) {
                continue;
            }
            let Some(bytes) = expected.write(protocol) else {
                continue;
            };
            let frame = Framing::new(protocol).next(&bytes, None);
            let frame = frame.expect("a message of ours").expect("a whole one");
            assert_eq!(frame.end, bytes.len());
            let message = Message::parse(protocol, frame.body);
            let read = message.as_ref().map(Self::of);
            assert_eq!(
                read.as_ref(),
                Ok(&expected),
                "written in {protocol:?}: {}",
                bytes.escape_ascii()
            );
        }
    }

    /// The message without what we never write: headers, and errors that say nothing.
    fn as_written(&self) -> Self {
        let mut message = self.clone();
        match &mut message {
            Self::Invocation(call) => call.headers.clear(),
            Self::Completion {
                outcome: Outcome::Error(error),
                ..
            } if error.is_empty() => Encoded::NEUTRAL_ERROR.clone_into(error),
            Self::Close { error, .. } => *error = error.take().filter(|error| !error.is_empty()),
            _ => {}
        }
        message
    }

    fn value(&self) -> Option<&Tree> {
        match self {
            Self::Invocation(Invocation {
                arguments: value, ..
            })
            | Self::StreamItem { item: value, .. }
            | Self::Completion {
                outcome: Outcome::Value(value),
                ..
            } => value.as_ref(),
            _ => None,
        }
    }

    /// `None` where there is nothing to write: an unknown type, a value that could not be read.
    fn write(&self, protocol: Protocol) -> Option<Vec<u8>> {
        let encoded = match self {
            Self::Invocation(call) => call.write(protocol)?,
            Self::StreamItem { id, item } => {
                Encoded::stream_item(protocol, id, item.as_ref()?).expect(WRITABLE)
            }
            Self::Completion { id, outcome } => match outcome {
                Outcome::Error(error) => Encoded::completion_error(protocol, id, error),
                Outcome::Void => Encoded::completion_void(protocol, id),
                Outcome::Value(value) => {
                    Encoded::completion_value(protocol, id, value.as_ref()?).expect(WRITABLE)
                }
            },
            Self::CancelInvocation(id) => Encoded::cancel_invocation(protocol, id),
            Self::Ping => Encoded::copied(Encoded::ping(protocol)),
            Self::Close {
                error,
                allow_reconnect,
            } => Encoded::close(protocol, error.as_deref(), *allow_reconnect),
            Self::Ack(number) => Encoded::ack(protocol, *number),
            Self::Sequence(number) => Encoded::sequence(protocol, *number),
            Self::Unknown(_) => return None,
        };
        Some(encoded.payload().to_vec())
    }
}

const WRITABLE: &str = "a tree that fits the protocol can be written";

impl Invocation {
    fn write(&self, protocol: Protocol) -> Option<Encoded> {
        let arguments = AsArguments(self.arguments.as_ref()?);
        let ids: Vec<&str> = self.stream_ids.iter().map(String::as_str).collect();
        let (id, target) = (self.id.as_deref(), &*self.target);
        let encoded: Result<_, EncodeError> = if self.streaming {
            Encoded::stream_invocation(protocol, id?, target, &arguments, &ids)
        } else {
            Encoded::invocation(protocol, id, target, &arguments, &ids)
        };
        Some(encoded.expect(WRITABLE))
    }
}

/// An array that was read, as arguments that are written.
struct AsArguments<'a>(&'a Tree);

impl ArgumentList for AsArguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(self.0, serializer)
    }
}

fn owned(text: impl AsRef<str>) -> String {
    text.as_ref().to_owned()
}
