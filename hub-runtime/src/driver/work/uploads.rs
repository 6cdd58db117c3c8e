//! The streams that a client sends along with its calls.

use super::{Flow, Work};
use hub_core::call::{UploadQueue, UploadSender};
use hub_core::protocol::{OwnedValue, RawValue};
use std::borrow::Cow;
use std::task::{Context, Poll};

/// An item of an upload whose queue is full.
pub(super) struct StalledItem {
    stream: String,
    item: OwnedValue,
}

impl Work {
    /// The queues of so many uploads. Most calls have none.
    pub(super) fn open_uploads(&self, count: usize) -> (Vec<UploadSender>, Vec<UploadQueue>) {
        if count == 0 {
            return (Vec::new(), Vec::new());
        }
        let capacity = self.connection.hub().options().stream_buffer_capacity;
        (0..count).map(|_| UploadQueue::bounded(capacity)).unzip()
    }

    pub(super) fn keep_uploads(&mut self, ids: &[Cow<'_, str>], senders: Vec<UploadSender>) {
        self.forget_closed_uploads();
        for (id, sender) in ids.iter().zip(senders) {
            self.uploads.insert(id.to_string(), sender);
        }
    }

    /// Methods end without reading their uploads to the end, and clients need not complete those.
    /// Looked at whenever the map is full, so that it is never larger than twice what is in use.
    fn forget_closed_uploads(&mut self) {
        if self.uploads.len() == self.uploads.capacity() {
            self.uploads.retain(|_, upload| !upload.is_closed());
        }
    }

    pub(super) fn item(
        &mut self,
        stream: &str,
        item: RawValue<'_>,
        task: &mut Context<'_>,
    ) -> Flow {
        // Items of unknown or finished streams are dropped silently.
        let Some(sender) = self.uploads.get(stream) else {
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
    pub(in crate::driver) fn poll_stalled(&mut self, task: &mut Context<'_>) -> Poll<()> {
        let Some(StalledItem { stream, .. }) = self.stalled.as_deref() else {
            return Poll::Ready(());
        };
        let sender = self.uploads.get(stream);
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
    use crate::driver::{Framing, Outgoing, Transport};
    use crate::server::testing;
    use hub_core::call::{Call, CallNumber, Reply};
    use hub_core::context::ConnectionScope;
    use hub_core::protocol::{Arguments, Protocol};
    use std::io::{self, IoSlice};
    use std::sync::Arc;

    /// A socket that takes nothing.
    struct Nowhere;

    impl Transport for Nowhere {
        fn poll_write(&self, _: &mut Context<'_>, _: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
            Poll::Pending
        }

        fn try_write(&self, _: &[IoSlice<'_>]) -> io::Result<usize> {
            Err(io::ErrorKind::WouldBlock.into())
        }

        fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Pending
        }
    }

    #[test]
    fn uploads_that_clients_never_complete_do_not_pile_up() {
        let connection = testing::connection(Outgoing::new(
            Box::new(Nowhere),
            Framing::WebSocket(None),
            1000,
        ));
        let mut work = Work::new(Arc::clone(&connection));
        for number in 0..10_000 {
            let (sender, queue) = UploadQueue::bounded(10);
            work.forget_closed_uploads();
            work.uploads.insert(number.to_string(), sender);
            // The method takes its upload, and ends without reading it.
            let scope = || Arc::clone(&connection) as Arc<dyn ConnectionScope>;
            let reply = Reply::new(Protocol::Json, None);
            let arguments = Arguments::json("[]");
            let mut call = Call::new(&scope, CallNumber(number), arguments, reply, vec![queue]);
            drop(call.upload::<u32>());
        }
        assert!(work.uploads.len() < 10);
    }
}
