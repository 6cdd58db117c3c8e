use hub_core::HubError;
use hub_core::protocol::{CompletionOutcome, Encoded, Message, Protocol, RawValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;

/// What a call ended with, where it did not fail.
///
/// Given by [`Next::run`](super::Next::run), and made by
/// [`HubInvocation::answer`](super::HubInvocation::answer).
#[derive(Debug)]
#[must_use = "the caller is told what the filter returns"]
pub struct MethodResult {
    protocol: Protocol,
    invocation_id: SmolStr,
    answer: Answer,
}

#[derive(Debug)]
enum Answer {
    /// The completion, ready to be sent.
    Value(Encoded),
    /// The stream has ended after so many items.
    Stream(u64),
}

impl MethodResult {
    pub(super) fn value(protocol: Protocol, invocation_id: SmolStr, completion: Encoded) -> Self {
        Self {
            protocol,
            invocation_id,
            answer: Answer::Value(completion),
        }
    }

    pub(super) fn stream(protocol: Protocol, invocation_id: SmolStr, items: u64) -> Self {
        Self {
            protocol,
            invocation_id,
            answer: Answer::Stream(items),
        }
    }

    /// What the method returned, read from what the caller would be sent.
    ///
    /// An error if it is not a `T`. A method without a result returns `()`, and so does a stream.
    pub fn get<T: DeserializeOwned>(&self) -> Result<T, HubError> {
        let message = match &self.answer {
            Answer::Value(completion) => completion.read(self.protocol),
            Answer::Stream(_) => None,
        };
        match message {
            Some(Message::Completion {
                outcome: CompletionOutcome::Value(value),
                ..
            }) => Ok(value.decode()?),
            _ => Ok(RawValue::json("null").decode()?),
        }
    }

    /// Puts another value in its place. It need not be of the same type, but clients will take it
    /// for one.
    ///
    /// An error if it cannot be written. Without effect where the method streams.
    pub fn set<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), HubError> {
        if let Answer::Value(completion) = &mut self.answer {
            *completion = Encoded::completion_value(self.protocol, &self.invocation_id, value)?;
        }
        Ok(())
    }

    /// How many items have been sent, where the method streams.
    pub fn items(&self) -> Option<u64> {
        match self.answer {
            Answer::Value(_) => None,
            Answer::Stream(items) => Some(items),
        }
    }

    pub(super) fn into_completion(self) -> Encoded {
        match self.answer {
            Answer::Value(completion) => completion,
            Answer::Stream(_) => Encoded::completion_void(self.protocol, &self.invocation_id),
        }
    }
}
