use crate::contract::WireType;
use crate::error::HubError;
use crate::protocol::{MAX_QUOTE, OwnedValue, shortened};
use futures_core::Stream;
use std::collections::VecDeque;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A stream that a client sends along with a call: an `impl Stream` parameter of a hub method.
///
/// Ends when the client completes it. When the client reports an error, sends an item of the
/// wrong type or disconnects, a stream of `Result<T, HubError>` yields that error last; a stream
/// of plain `T` ends, and the call fails with the error whatever the method returns.
pub struct Upload<I> {
    queue: UploadQueue,
    item: PhantomData<fn() -> I>,
}

impl<I: UploadItem> Upload<I> {
    pub(super) fn new(queue: UploadQueue) -> Self {
        Self {
            queue,
            item: PhantomData,
        }
    }
}

impl<I: UploadItem> Stream for Upload<I> {
    type Item = I;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<I>> {
        let mut state = self.queue.lock();
        let result = if let Some(item) = state.items.pop_front() {
            if let Some(waker) = state.sender.take() {
                waker.wake();
            }
            // Types may read themselves: that is the user's code, which runs under no lock.
            drop(state);
            let decoded = item.as_raw().decode::<I::Value>();
            state = self.queue.lock();
            decoded.map_err(|error| {
                // One bad item ends the stream; the connection goes on (wire specification, 13.2).
                state.close();
                let error = shortened(&error.to_string(), MAX_QUOTE);
                HubError::internal(
                    "InvalidDataException",
                    format!("Failed to bind Stream message. {error}"),
                )
            })
        } else if let Some(error) = state.failure.take() {
            Err(error)
        } else if state.ended {
            return Poll::Ready(None);
        } else {
            state.receiver = Some(task.waker().clone());
            return Poll::Pending;
        };
        match I::from_result(result) {
            Ok(item) => Poll::Ready(Some(item)),
            Err(error) => {
                state.close();
                state.unseen = Some(error);
                Poll::Ready(None)
            }
        }
    }
}

impl<I> Drop for Upload<I> {
    fn drop(&mut self) {
        self.queue.lock().close();
    }
}

impl<I> fmt::Debug for Upload<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Upload").field(&self.queue).finish()
    }
}

/// What an upload may yield: a wire type, or `Result<T, HubError>` to see how the stream ends.
#[diagnostic::on_unimplemented(
    message = "an upload cannot yield `{Self}`",
    label = "not a wire type, nor `Result<T, HubError>` of one",
    note = "yield a type with `#[hub_type]`, a type of the standard library that can travel, or `Result<T, HubError>`"
)]
pub trait UploadItem: Sized + 'static {
    /// What travels.
    type Value: WireType;

    /// The item, or the error that an item of this type cannot show.
    fn from_result(result: Result<Self::Value, HubError>) -> Result<Self, HubError>;
}

// Recommended on purpose: it leads from `Vec<Poll>` to the `Poll` that cannot travel.
impl<T: WireType> UploadItem for T {
    type Value = T;

    fn from_result(result: Result<T, HubError>) -> Result<Self, HubError> {
        result
    }
}

#[diagnostic::do_not_recommend]
impl<T: WireType> UploadItem for Result<T, HubError> {
    type Value = T;

    fn from_result(result: Result<T, HubError>) -> Result<Self, HubError> {
        Ok(result)
    }
}

/// The bounded queue between the connection, which receives items, and the method.
#[derive(Clone, Default)]
pub struct UploadQueue(Arc<Mutex<State>>);

/// The connection's end of an [`UploadQueue`]. Dropping it ends the stream with an error.
#[derive(Debug)]
pub struct UploadSender {
    queue: UploadQueue,
    capacity: usize,
}

#[derive(Default)]
struct State {
    items: VecDeque<OwnedValue>,
    ended: bool,
    closed: bool,
    failure: Option<HubError>,
    unseen: Option<HubError>,
    receiver: Option<Waker>,
    sender: Option<Waker>,
}

impl State {
    /// The method takes no more items.
    fn close(&mut self) {
        self.closed = true;
        self.ended = true;
        self.items = VecDeque::new();
        if let Some(waker) = self.sender.take() {
            waker.wake();
        }
    }
}

impl UploadQueue {
    /// A queue for at most `capacity` items (SignalR's `StreamBufferCapacity`).
    pub fn bounded(capacity: usize) -> (UploadSender, Self) {
        let queue = Self::default();
        (
            UploadSender {
                queue: queue.clone(),
                capacity: capacity.max(1),
            },
            queue,
        )
    }

    /// Takes no more items: for a call whose method was never begun.
    pub fn close(&self) {
        self.lock().close();
    }

    pub(super) fn take_unseen_failure(&self) -> Option<HubError> {
        self.lock().unseen.take()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // The lock is never held across user code, so a poisoned state is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl UploadSender {
    /// Ready when there is room for an item, or when items are no longer wanted.
    pub fn poll_ready(&self, task: &mut Context<'_>) -> Poll<()> {
        let mut state = self.queue.lock();
        if state.closed || state.items.len() < self.capacity {
            return Poll::Ready(());
        }
        state.sender = Some(task.waker().clone());
        Poll::Pending
    }

    /// Whether the method takes no more items.
    pub fn is_closed(&self) -> bool {
        self.queue.lock().closed
    }

    /// Hands an item over. Items of a stream that has ended are dropped silently, as the
    /// reference does.
    pub fn send(&self, item: OwnedValue) {
        let mut state = self.queue.lock();
        if !state.ended {
            state.items.push_back(item);
            wake(&mut state);
        }
    }

    /// Ends the stream, with the client's error if it reported one.
    pub fn complete(self, error: Option<&str>) {
        self.end(error.map(HubError::new));
    }

    fn end(&self, failure: Option<HubError>) {
        let mut state = self.queue.lock();
        if !state.ended {
            state.ended = true;
            state.failure = failure;
            wake(&mut state);
        }
    }
}

impl Drop for UploadSender {
    fn drop(&mut self) {
        let text = "The underlying connection was closed.";
        self.end(Some(HubError::internal("OperationCanceledException", text)));
    }
}

fn wake(state: &mut State) {
    if let Some(waker) = state.receiver.take() {
        waker.wake();
    }
}

impl fmt::Debug for UploadQueue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.lock();
        f.debug_struct("UploadQueue")
            .field("items", &state.items.len())
            .field("ended", &state.ended)
            .finish_non_exhaustive()
    }
}
