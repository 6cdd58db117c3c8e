//! The items of a stream, on their way to the caller.

use crate::context::ConnectionScope;
use crate::contract::Answer;
use crate::error::HubError;
use crate::protocol::{Batch, EncodeError, Encoded, StreamItems};
use futures_core::Stream;
use serde::Serialize;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// How a stream has come to its end.
pub(super) enum End {
    /// All items have been sent.
    OfStream,
    /// Nobody is left to be told.
    OfConnection,
    Failed(HubError),
}

/// Sends the items that are at hand to the caller, as long as that takes them.
pub(super) fn poll_forward<S: Stream<Item: Answer>>(
    connection: &dyn ConnectionScope,
    items: &StreamItems,
    mut stream: Pin<&mut S>,
    task: &mut Context<'_>,
) -> Poll<End> {
    let mut way = Way::new(connection);
    loop {
        if !ready!(way.poll_room(task)) {
            return Poll::Ready(End::OfConnection);
        }
        let Some(item) = ready!(stream.as_mut().poll_next(task)) else {
            return Poll::Ready(End::OfStream);
        };
        let value = match item.into_result() {
            Ok(value) => value,
            Err(error) => return Poll::Ready(End::Failed(error)),
        };
        if let Err(error) = way.send(items, &value) {
            return Poll::Ready(End::Failed(error.into()));
        }
    }
}

/// From so many bytes on an item is not worth copying to where others are.
const LONG: usize = 1024;

/// The way to the caller for as long as one poll lasts: its connection, and from the second item on
/// the connection's batch, since a lock for each item would be most of what the item costs.
struct Way<'a> {
    connection: &'a dyn ConnectionScope,
    batch: Option<Batch>,
    /// There has been a short item, and there are more.
    has_many: bool,
    /// Somebody else sends meanwhile, or there is another reason to hand items over one by one.
    one_by_one: bool,
}

impl<'a> Way<'a> {
    fn new(connection: &'a dyn ConnectionScope) -> Self {
        Self {
            connection,
            batch: None,
            has_many: false,
            one_by_one: false,
        }
    }

    /// Ready with `true` when there is room for an item, with `false` when the connection is gone.
    #[inline]
    fn poll_room(&mut self, task: &mut Context<'_>) -> Poll<bool> {
        if self.batch.as_ref().is_some_and(Batch::has_room) {
            return Poll::Ready(true);
        }
        self.give_back();
        self.connection.poll_room(task)
    }

    #[inline]
    fn send<T: Serialize>(&mut self, items: &StreamItems, value: &T) -> Result<(), EncodeError> {
        let connection = self.connection;
        let Some(batch) = self.batch() else {
            self.hand_over(items.encode(value)?);
            return Ok(());
        };
        let is_short = batch.write(items, value)?;
        // Asked behind all of the user's code that has made the item: what that has sent, or has
        // had others send, stands behind the batch, and this item behind that.
        let is_wanted = connection.wants_batch();
        if is_short && !is_wanted {
            batch.keep();
        } else {
            let message = batch.take_last();
            self.one_by_one |= is_wanted;
            self.give_back();
            self.hand_over(message);
        }
        Ok(())
    }

    #[inline]
    fn batch(&mut self) -> Option<&mut Batch> {
        if self.batch.is_none() && self.has_many && !self.one_by_one {
            self.batch = self.connection.lend_batch();
            self.one_by_one = self.batch.is_none();
        }
        self.batch.as_mut()
    }

    fn hand_over(&mut self, message: Encoded) {
        self.has_many = message.payload().len() < LONG;
        self.connection.send_to_caller(message);
    }

    fn give_back(&mut self) {
        if let Some(batch) = self.batch.take() {
            self.connection.return_batch(batch);
        }
    }
}

/// Also when the stream panics.
impl Drop for Way<'_> {
    fn drop(&mut self) {
        self.give_back();
    }
}
