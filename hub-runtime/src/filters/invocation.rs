use super::chain::Next;
use super::filter::AnyHub;
use super::refusal::Refusal;
use super::result::MethodResult;
use super::watched::Progress;
use crate::driver::Connection;
use crate::telemetry::targets;
use hub_core::call::{CallNumber, Outcome, UploadQueue};
use hub_core::context::ConnectionScope;
use hub_core::contract::{CallFuture, HubMethodDescription};
use hub_core::protocol::{Encoded, Invocation, OwnedArguments, OwnedHeaders, Protocol};
use hub_core::{Context, HubError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use smol_str::SmolStr;
use std::fmt;
use std::sync::Arc;

/// A call of a client, as filters see it (SignalR's `HubInvocationContext`).
pub struct HubInvocation {
    pub(super) connection: Arc<Connection>,
    cx: Context<AnyHub>,
    pub(super) number: CallNumber,
    /// `None` for a caller that waits for no answer.
    invocation_id: Option<SmolStr>,
    target: SmolStr,
    streaming: bool,
    pub(super) method: Option<Method>,
    refusal: Option<Refusal>,
    pub(super) arguments: OwnedArguments,
    headers: OwnedHeaders,
    pub(super) uploads: Uploads,
    /// Of a stream.
    pub(super) progress: Option<Arc<Progress>>,
}

/// A method of the hub, by its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Method {
    pub(crate) index: usize,
    pub(crate) description: &'static HubMethodDescription,
}

/// The streams that a call brings. Without a reader they are closed, so that nothing waits for room
/// in them.
pub(super) struct Uploads(pub(super) Vec<UploadQueue>);

impl Drop for Uploads {
    fn drop(&mut self) {
        self.0.iter().for_each(UploadQueue::close);
    }
}

/// What the driver knows of a call with filters around it.
pub(crate) struct Received<'a> {
    pub(crate) connection: &'a Arc<Connection>,
    pub(crate) number: CallNumber,
    pub(crate) invocation: &'a Invocation<'a>,
    pub(crate) method: Option<Method>,
    pub(crate) refusal: Option<Refusal>,
    pub(crate) uploads: Vec<UploadQueue>,
}

impl Received<'_> {
    /// The call with its filters, not begun.
    pub(crate) fn into_future(self) -> CallFuture {
        let Invocation {
            invocation_id,
            streaming,
            target,
            arguments,
            headers,
            ..
        } = self.invocation;
        let scope = Arc::clone(self.connection) as Arc<dyn ConnectionScope>;
        let call = HubInvocation {
            connection: Arc::clone(self.connection),
            cx: Context::new(scope, self.number),
            number: self.number,
            invocation_id: invocation_id.as_deref().map(SmolStr::new),
            target: SmolStr::new(target),
            streaming: *streaming,
            method: self.method,
            refusal: self.refusal,
            arguments: (*arguments).into(),
            headers: (*headers).into(),
            uploads: Uploads(self.uploads),
            progress: streaming.then(Arc::default),
        };
        Box::pin(call.run())
    }
}

impl HubInvocation {
    async fn run(mut self) -> Outcome {
        let connection = Arc::clone(&self.connection);
        let next = Next::new(connection.hub().filters());
        match next.run(&mut self).await {
            Ok(result) => self.answered(result),
            Err(error) => self.failed(error),
        }
    }

    fn answered(&self, result: MethodResult) -> Outcome {
        match &self.invocation_id {
            None => Outcome::Silent,
            // A stream's completion has no value (wire specification, section 13).
            Some(id) if self.streaming => {
                Outcome::Completion(Encoded::completion_void(self.protocol(), id))
            }
            Some(_) => Outcome::Completion(result.into_completion()),
        }
    }

    fn failed(&self, error: HubError) -> Outcome {
        let Some(refusal) = Refusal::of(&error) else {
            return match &self.progress {
                Some(progress) if progress.has_begun() => Outcome::StreamFailed(error),
                _ => Outcome::Failed(error),
            };
        };
        let (who, text) = (self.connection.who(), refusal.to_string());
        tracing::debug!(target: targets::DISPATCH, hub = who.hub, connection_id = %who.id, text, "a call was refused");
        let id = self.invocation_id.as_ref();
        Outcome::Refused(id.map(|id| Encoded::completion_error(self.protocol(), id, &text)))
    }

    pub(super) fn protocol(&self) -> Protocol {
        self.arguments.as_arguments().protocol()
    }

    /// [`target`](Self::target), for keeping.
    pub(super) fn spelling(&self) -> SmolStr {
        self.target.clone()
    }

    /// The id under which an answer is written; the answer is not sent where nobody waits for it.
    pub(super) fn answer_id(&self) -> SmolStr {
        self.invocation_id.clone().unwrap_or_default()
    }

    /// The caller's connection: its id, user, items, the request that opened it. Its `cancelled` is
    /// that of this call.
    pub fn cx(&self) -> &Context<AnyHub> {
        &self.cx
    }

    /// The name of the hub's trait, `ChatHub`.
    pub fn hub(&self) -> &'static str {
        self.connection.hub().name()
    }

    /// The method as the client spelled it. It may be any text, as long as a message may be.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// The method's name on the wire as the contract spells it, `SendMessage`; `None` if there is no
    /// such method.
    pub fn method(&self) -> Option<&'static str> {
        Some(self.description()?.wire_name)
    }

    /// All that the contract says of the method; `None` if there is no such method.
    pub fn description(&self) -> Option<&'static HubMethodDescription> {
        Some(self.method?.description)
    }

    /// Whether the caller expects a stream.
    pub fn is_stream(&self) -> bool {
        self.streaming
    }

    /// Whether the caller waits for an answer, as with `invoke` but not with `send`.
    pub fn is_answered(&self) -> bool {
        self.invocation_id.is_some()
    }

    /// What is known to be wrong before the method is tried: everything of [`RefusalReason`] but a
    /// policy's no, and arguments that do not fit.
    ///
    /// [`RefusalReason`]: super::RefusalReason
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// A header of the message, such as `traceparent`. The name is compared exactly.
    pub fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.as_headers().get(name)?;
        Some(value.into_owned())
    }

    /// An argument, by its place among those that are no streams. It is read with each call of this
    /// function.
    ///
    /// An error if it is not a `T`; one that is not there is an `Option`'s `None` only.
    pub fn get<T: DeserializeOwned>(&self, index: usize) -> Result<T, HubError> {
        Ok(self.arguments.as_arguments().get(index)?)
    }

    /// Puts another value in the place of an argument, for everything further in. What is skipped
    /// by `index` becomes null. Whether the method takes it shows when it is run.
    ///
    /// An error if the value cannot be written, or the arguments cannot be read.
    pub fn set<T: Serialize + ?Sized>(&mut self, index: usize, value: &T) -> Result<(), HubError> {
        self.arguments = self.arguments.as_arguments().replace(index, value)?;
        Ok(())
    }

    /// The bytes of all arguments, as they travel.
    pub fn argument_bytes(&self) -> usize {
        self.arguments.as_arguments().bytes().len()
    }

    /// An answer of the filter's own, for a call that is not to run. For a stream the value does not
    /// matter: the caller gets a stream without items.
    ///
    /// An error if the value cannot be written.
    pub fn answer<T: Serialize + ?Sized>(&self, value: &T) -> Result<MethodResult, HubError> {
        let (protocol, id) = (self.protocol(), self.answer_id());
        if self.streaming {
            return Ok(MethodResult::stream(protocol, id, 0));
        }
        let completion = Encoded::completion_value(protocol, &id, value)?;
        Ok(MethodResult::value(protocol, id, completion))
    }
}

/// Arguments may be secret.
impl fmt::Debug for HubInvocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HubInvocation")
            .field("hub", &self.hub())
            .field("target", &self.target)
            .field("cx", &self.cx)
            .finish_non_exhaustive()
    }
}
