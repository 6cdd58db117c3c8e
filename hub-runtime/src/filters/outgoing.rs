use super::caught::filter_panicked;
use super::erased::ErasedFilter;
use hub_core::HubError;
use hub_core::outlet::Target;
use hub_core::protocol::{EncodedInvocation, Invocation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// A call of the server on clients that is about to be queued, as filters see it.
///
/// It is encoded already, once for each protocol that the hub offers. What is asked for is read from
/// one of the encodings; what is changed is written anew in each.
pub struct OutgoingCall<'a> {
    hub: &'static str,
    target: &'a Target,
    asks: bool,
    message: EncodedInvocation,
}

/// Whether a call on clients, or an item of a stream, goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "it says whether the call goes out"]
pub enum Sending {
    /// It goes on, to the next filter and to the clients at last.
    Pass,
    /// Nobody gets it. To whoever sent it that looks as if nobody were there, but who asked a client
    /// for a result gets [`ClientResultError::Filter`](crate::ClientResultError::Filter).
    Drop,
}

impl<'a> OutgoingCall<'a> {
    pub(super) fn new(
        hub: &'static str,
        target: &'a Target,
        asks: bool,
        message: EncodedInvocation,
    ) -> Self {
        Self {
            hub,
            target,
            asks,
            message,
        }
    }

    /// Shows the call to every filter, the innermost first. `None` if one of them drops it.
    pub(super) fn pass(
        mut self,
        filters: &[Arc<dyn ErasedFilter>],
    ) -> Result<Option<EncodedInvocation>, HubError> {
        for filter in filters.iter().rev() {
            let sending = catch_unwind(AssertUnwindSafe(|| filter.send(&mut self)))
                .unwrap_or_else(|panic| Err(filter_panicked(filter.name(), &*panic)))?;
            if sending == Sending::Drop {
                return Ok(None);
            }
        }
        Ok(Some(self.message))
    }
}

impl OutgoingCall<'_> {
    fn read(&self) -> Option<Invocation<'_>> {
        self.message.read()
    }

    /// The name of the hub's trait, `ChatHub`.
    pub fn hub(&self) -> &'static str {
        self.hub
    }

    /// Whom it goes to.
    pub fn target(&self) -> &Target {
        self.target
    }

    /// The name on the wire of the client's method, `ReceiveMessage`.
    pub fn method(&self) -> String {
        let invocation = self.read();
        invocation.map_or_else(String::new, |invocation| invocation.target.into_owned())
    }

    /// Whether a client is asked for a result.
    pub fn asks(&self) -> bool {
        self.asks
    }

    /// An argument, by its place. It is read with each call of this function.
    ///
    /// An error if it is not a `T`; one that is not there is an `Option`'s `None` only.
    pub fn get<T: DeserializeOwned>(&self, index: usize) -> Result<T, HubError> {
        match self.read() {
            Some(invocation) => Ok(invocation.arguments.get(index)?),
            None => Err(HubError::new("The call is in no protocol.")),
        }
    }

    /// Puts another value in the place of an argument. It need not be of the same type, but clients
    /// will take it for one.
    ///
    /// An error if the value cannot be written; the call is as it was then.
    pub fn set<T: Serialize + ?Sized>(&mut self, index: usize, value: &T) -> Result<(), HubError> {
        Ok(self.message.replace(index, value)?)
    }
}

impl fmt::Debug for OutgoingCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Arguments may be secret.
        f.debug_struct("OutgoingCall")
            .field("hub", &self.hub)
            .field("target", &self.target)
            .field("method", &self.method())
            .finish_non_exhaustive()
    }
}
