use super::filter::AnyHub;
use hub_core::protocol::{Encoded, Message, Protocol, RawValue};
use hub_core::{Context, HubError};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;

/// An item of a method's stream that is about to be sent to its caller, as filters see it.
pub struct StreamItem<'a> {
    pub(super) hub: &'static str,
    pub(super) method: &'static str,
    pub(super) cx: &'a Context<AnyHub>,
    pub(super) invocation_id: &'a str,
    pub(super) protocol: Protocol,
    pub(super) message: Encoded,
}

impl StreamItem<'_> {
    /// The name of the hub's trait, `ChatHub`.
    pub fn hub(&self) -> &'static str {
        self.hub
    }

    /// The name on the wire of the method that streams.
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// The caller's connection.
    pub fn cx(&self) -> &Context<AnyHub> {
        self.cx
    }

    /// The item, read from what is to be sent. An error if it is not a `T`.
    pub fn get<T: DeserializeOwned>(&self) -> Result<T, HubError> {
        let item = match self.message.read(self.protocol) {
            Some(Message::StreamItem { item, .. }) => item,
            _ => RawValue::json("null"),
        };
        Ok(item.decode()?)
    }

    /// Puts another value in its place. It need not be of the same type, but clients will take it for
    /// one.
    ///
    /// An error if it cannot be written; the item is as it was then.
    pub fn set<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), HubError> {
        self.message = Encoded::stream_item(self.protocol, self.invocation_id, value)?;
        Ok(())
    }
}

/// Items may be secret.
impl fmt::Debug for StreamItem<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamItem")
            .field("hub", &self.hub)
            .field("method", &self.method)
            .field("cx", &self.cx)
            .finish_non_exhaustive()
    }
}
