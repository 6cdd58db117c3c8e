use super::UploadQueue;
use super::forward::{End, poll_forward};
use crate::context::Context;
use crate::contract::Answer;
use crate::error::HubError;
use crate::protocol::{Encoded, Protocol, StreamItems};
use futures_core::Stream;
use smol_str::SmolStr;
use std::future::poll_fn;
use std::pin::pin;

/// What a finished call leaves behind.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// Nothing to say: the caller does not wait for an answer.
    Silent,
    /// The completion, ready to be sent.
    Completion(Encoded),
    /// The call failed; the server decides how much of the reason it shows.
    Failed(HubError),
    /// A stream failed after it had begun.
    StreamFailed(HubError),
    /// The call was refused, and never began: the completion that says so, for a caller that waits
    /// for one.
    Refused(Option<Encoded>),
}

/// Where an answer goes. Encoding is its last generic step: what leaves it is bytes.
#[derive(Debug)]
pub struct Reply {
    protocol: Protocol,
    invocation_id: Option<SmolStr>,
    /// The call's, looked at for failures that its method could not see.
    uploads: Vec<UploadQueue>,
}

impl Reply {
    /// A reply to `invocation_id`, or to a caller that waits for none.
    #[inline]
    pub(super) fn new(
        protocol: Protocol,
        invocation_id: Option<&str>,
        uploads: Vec<UploadQueue>,
    ) -> Self {
        Self {
            protocol,
            invocation_id: invocation_id.map(SmolStr::new),
            uploads,
        }
    }

    /// Ends the call with what the method returned.
    pub fn answer<A: Answer>(self, answer: A) -> Outcome {
        let value = match (self.upload_failure(), answer.into_result()) {
            (Some(error), _) | (None, Err(error)) => return Outcome::Failed(error),
            (None, Ok(value)) => value,
        };
        let Some(id) = &self.invocation_id else {
            return Outcome::Silent;
        };
        match Encoded::completion_value(self.protocol, id, &value) {
            Ok(message) => Outcome::Completion(message),
            Err(error) => Outcome::Failed(error.into()),
        }
    }

    /// Sends each item of `stream` to the caller, as fast as the caller takes them, and ends the
    /// call with the stream.
    pub async fn forward<H: ?Sized, S>(self, cx: &Context<H>, stream: S) -> Outcome
    where
        S: Stream<Item: Answer>,
    {
        let Some(id) = &self.invocation_id else {
            return Outcome::Silent;
        };
        let items = StreamItems::new(self.protocol, id);
        let mut stream = pin!(stream);
        match poll_fn(|task| poll_forward(cx.scope(), &items, stream.as_mut(), task)).await {
            End::OfStream => {}
            End::OfConnection => return Outcome::Silent,
            End::Failed(error) => return Outcome::StreamFailed(error),
        }
        match self.upload_failure() {
            Some(error) => Outcome::StreamFailed(error),
            None => Outcome::Completion(Encoded::completion_void(self.protocol, id)),
        }
    }

    /// Ends a call whose method failed before it had a stream.
    pub fn fail(self, error: impl Into<HubError>) -> Outcome {
        Outcome::Failed(error.into())
    }

    /// The failure of an upload that the method could not see, because its items are plain values.
    #[inline]
    fn upload_failure(&self) -> Option<HubError> {
        if self.uploads.is_empty() {
            return None;
        }
        self.uploads
            .iter()
            .find_map(UploadQueue::take_unseen_failure)
    }
}
