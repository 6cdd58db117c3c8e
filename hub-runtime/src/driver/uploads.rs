//! The streams that a client sends along with its calls.

use super::work::Flow;
use hub_core::call::{UploadQueue, UploadSender};
use hub_core::protocol::{OwnedValue, RawValue};
use std::borrow::Cow;
use std::collections::HashMap;
use std::task::{Context, Poll};

/// The uploads of one connection that items may come for, by their ids.
#[derive(Default)]
pub(super) struct Uploads {
    senders: HashMap<String, UploadSender>,
    stalled: Option<Box<StalledItem>>,
}

/// An item of an upload whose queue is full.
struct StalledItem {
    stream: String,
    item: OwnedValue,
}

/// The queues of so many uploads, each of so many items. Most calls have none.
#[inline]
pub(super) fn queues(count: usize, capacity: usize) -> (Vec<UploadSender>, Vec<UploadQueue>) {
    if count == 0 {
        return (Vec::new(), Vec::new());
    }
    (0..count).map(|_| UploadQueue::bounded(capacity)).unzip()
}

impl Uploads {
    /// Takes items for a call's uploads from now on.
    #[inline]
    pub(super) fn keep(&mut self, ids: &[Cow<'_, str>], senders: Vec<UploadSender>) {
        if !senders.is_empty() {
            self.keep_some(ids, senders);
        }
    }

    fn keep_some(&mut self, ids: &[Cow<'_, str>], senders: Vec<UploadSender>) {
        self.forget_closed();
        for (id, sender) in ids.iter().zip(senders) {
            self.senders.insert(id.to_string(), sender);
        }
    }

    /// Methods end without reading their uploads to the end, and clients need not complete those.
    /// Looked at whenever the map is full, so that it is never larger than twice what is in use.
    fn forget_closed(&mut self) {
        if self.senders.len() == self.senders.capacity() {
            self.senders.retain(|_, upload| !upload.is_closed());
        }
    }

    /// The upload of an id, which is over.
    pub(super) fn remove(&mut self, id: &str) -> Option<UploadSender> {
        self.senders.remove(id)
    }

    /// Ends every upload.
    pub(super) fn clear(&mut self) {
        self.senders.clear();
    }

    /// Hands an item over, or keeps it until there is room.
    pub(super) fn item(
        &mut self,
        stream: &str,
        item: RawValue<'_>,
        task: &mut Context<'_>,
    ) -> Flow {
        // Items of unknown or finished streams are dropped silently.
        let Some(sender) = self.senders.get(stream) else {
            return Flow::Continue;
        };
        if sender.poll_ready(task).is_pending() {
            self.stalled = Some(Box::new(StalledItem {
                stream: stream.to_owned(),
                item: item.into(),
            }));
            return Flow::Pause;
        }
        sender.send(item.into());
        Flow::Continue
    }

    /// Hands the stalled item over once there is room for it.
    pub(super) fn poll_stalled(&mut self, task: &mut Context<'_>) -> Poll<()> {
        let Some(StalledItem { stream, .. }) = self.stalled.as_deref() else {
            return Poll::Ready(());
        };
        let sender = self.senders.get(stream);
        if sender.is_some_and(|sender| sender.poll_ready(task).is_pending()) {
            return Poll::Pending;
        }
        if let Some((sender, stalled)) = sender.zip(self.stalled.take()) {
            sender.send(stalled.item);
        }
        Poll::Ready(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::testing::{self, Sink};
    use hub_core::call::{Call, CallNumber};
    use hub_core::context::ConnectionScope;
    use hub_core::protocol::Arguments;
    use std::sync::Arc;

    #[test]
    fn uploads_that_clients_never_complete_do_not_pile_up() {
        let connection = testing::connection(Sink::default().outgoing());
        let scope = || Arc::clone(&connection) as Arc<dyn ConnectionScope>;
        let mut uploads = Uploads::default();
        for number in 0..10_000 {
            let (senders, queues) = queues(1, 10);
            uploads.keep(&[number.to_string().into()], senders);
            // The method takes its upload, and ends without reading it.
            let arguments = Arguments::json("[]");
            let mut call = Call::new(&scope, CallNumber(number), arguments, None, queues);
            drop(call.upload::<u32>());
        }
        assert!(uploads.senders.len() < 10);
    }
}
