//! The outgoing side of a connection: a small locked record that any sender may write through.

mod kept;
mod lent;
mod queue;
mod slow;

use super::connection::Connection;
use super::frame::{Frame, Framing};
use super::transport::Transport;
use super::turn;
use crate::telemetry::SentBytes;
use bytes::Bytes;
use futures_util::task::AtomicWaker;
use hub_core::protocol::{Encoded, TransferFormat};
use kept::Kept;
use lent::Loan;
use queue::{PIECES, Queue, SHARED};
pub use slow::SlowClient;
use std::io::{self, ErrorKind, IoSlice};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};
use std::time::Instant;

/// Above this, whoever answers the connection's own calls waits, and reading stops. The figure is
/// SignalR's `TransportMaxBufferSize`.
const HIGH_WATER: usize = 65_536;
/// Waiters resume at half of it, as SignalR's writers do.
const LOW_WATER: usize = HIGH_WATER / 2;

/// What is queued for a connection, and who may write it.
///
/// Order is the order of `push`. The lock is held around a `try_write` at most, never across an
/// await or user code.
pub(crate) struct Outgoing {
    state: Mutex<State>,
    /// Whether there was room for more when the lock was last let go. Asked for each call, of
    /// which few find none.
    has_room: AtomicBool,
    /// Whether a stream has the open batch in hand.
    loan: Loan,
    /// The connection's task.
    driver: AtomicWaker,
    /// That of the first transport: what is compressed for it, under no lock. Whether it goes out so
    /// is for the present one to say, in `queue`.
    framing: Framing,
    /// Bytes that others may queue before the connection counts as slow.
    limit: usize,
    /// What becomes of further ones.
    slow_client: SlowClient,
}

struct State {
    /// `None` once it has been given up: its descriptor is not kept for as long as somebody holds
    /// the connection.
    transport: Option<Box<dyn Transport>>,
    queue: Queue,
    /// What the client has not acknowledged, where the connection may be resumed.
    kept: Option<Box<Kept>>,
    /// A running turn will flush.
    owed: bool,
    /// Since when the driver waits for the socket; it flushes then.
    blocked: Option<Instant>,
    status: Status,
    /// Calls that wait for room.
    room: Vec<Waker>,
    sent: SentBytes,
}

/// How the outgoing side is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Messages are accepted.
    Open,
    /// The transport is gone; messages are kept for the one that resumes the connection.
    Lost,
    /// The connection was aborted: only a goodbye is accepted.
    Stopped,
    /// The last message has been queued.
    Finished,
    /// Others' sends found the queue full.
    Overflow,
    /// The transport refused a write.
    Failed,
}

impl Outgoing {
    pub(crate) fn new(transport: Box<dyn Transport>, framing: Framing, limit: usize) -> Self {
        let state = State {
            transport: Some(transport),
            queue: Queue::new(framing),
            kept: None,
            owed: false,
            blocked: None,
            status: Status::Open,
            room: Vec::new(),
            sent: SentBytes::new(),
        };
        Self {
            state: Mutex::new(state),
            has_room: AtomicBool::new(true),
            loan: Loan::default(),
            driver: AtomicWaker::new(),
            framing,
            limit,
            slow_client: SlowClient::Close,
        }
    }

    /// Says what becomes of what others send beyond the limit. Unless this is called, the connection
    /// is closed.
    pub(crate) fn with_slow_client(mut self, slow_client: SlowClient) -> Self {
        self.slow_client = slow_client;
        if slow_client != SlowClient::Close {
            self.limit = self.limit.min(SHARED);
        }
        self
    }

    /// Sets whether messages leave as text or binary frames; text until the handshake decides.
    pub(crate) fn set_format(&self, format: TransferFormat) {
        self.lock().queue.set_format(format);
    }

    /// How messages travel over the transport that the connection begins with.
    pub(crate) fn framing(&self) -> Framing {
        self.framing
    }

    /// Queues a message that is this connection's alone.
    pub(crate) fn push_message(&self, owner: &Connection, message: Encoded) {
        self.push_own(owner, message, Self::takes_own);
    }

    /// Queues a message about the connection itself, which is neither counted nor kept (wire
    /// specification, section 17.2).
    pub(crate) fn push_control(&self, owner: &Connection, message: Encoded) {
        let mut state = self.lock();
        if state.status == Status::Open {
            state.queue.append(message);
            self.write_or_owe(state, owner);
        }
    }

    /// Queues a message that is this connection's alone, but that it did not ask for.
    pub(crate) fn push_bounded(&self, owner: &Connection, message: Encoded) {
        self.push_own(owner, message, Self::takes);
    }

    /// Queues a message that others share.
    pub(crate) fn push_shared(&self, owner: &Connection, frame: &Frame) {
        if self.slow_client == SlowClient::Close {
            self.push_frame(owner, frame, Self::takes);
        } else {
            self.push_droppable(owner, frame);
        }
    }

    /// `takes` says whether a message of so many bytes is accepted.
    #[inline]
    fn push_own(
        &self,
        owner: &Connection,
        message: Encoded,
        takes: impl Fn(&Self, &mut State, usize) -> bool,
    ) {
        let length = message.payload().len();
        if self.framing.compresses(length) {
            let frame = Frame::new(message, owner.transfer_format());
            return self.push_frame(owner, &frame, takes);
        }
        let mut state = self.lock();
        if takes(self, &mut state, length) {
            state.push(message);
            self.write_or_owe(state, owner);
        }
    }

    #[inline]
    fn push_frame(
        &self,
        owner: &Connection,
        frame: &Frame,
        takes: impl Fn(&Self, &mut State, usize) -> bool,
    ) {
        frame.prepare(self.framing);
        let mut state = self.lock();
        if takes(self, &mut state, frame.length()) {
            state.push_counted(frame);
            self.write_or_owe(state, owner);
        }
    }

    /// Queues the answer to a ping. When many wait already, it takes the place of the last one:
    /// only the latest ping has to be answered (RFC 6455, section 5.5.3).
    pub(crate) fn push_pong(&self, owner: &Connection, bytes: Bytes) {
        let mut state = self.lock();
        if state.status == Status::Open {
            state.queue.push_pong(bytes);
            self.write_or_owe(state, owner);
        }
    }

    /// Whether a message of the connection's own is accepted.
    fn takes_own(&self, state: &mut State, length: usize) -> bool {
        // Answers wait for acknowledgements, but reading must not: where a client asks on and never
        // acknowledges, it loses the way back.
        if state.accepts() && state.transport.is_some() && !state.fits_kept(length, self.limit) {
            state.let_go();
        }
        state.accepts()
    }

    /// Whether another's message is accepted. A receiver that does not keep up is given up rather
    /// than waited for; but any message finds its way to one that has nothing else to read.
    #[inline]
    fn takes(&self, state: &mut State, length: usize) -> bool {
        if state.accepts() && !state.fits(length, self.limit) {
            self.make_fit(state, length);
        }
        state.accepts()
    }

    #[cold]
    fn make_fit(&self, state: &mut State, length: usize) {
        // What a turn has only queued yet says nothing about the client.
        if state.blocked.is_none() {
            self.write(state);
        }
        // A client that reads, and only acknowledges too slowly, loses the way back instead.
        if state.transport.is_some() && !state.fits_kept(length, self.limit) {
            state.let_go();
        }
        self.make_room(state, length);
        if state.accepts() && !state.fits(length, self.limit) {
            state.status = Status::Overflow;
            self.driver.wake();
        }
    }

    /// Accepts nothing more but a goodbye.
    pub(crate) fn stop(&self) {
        let mut state = self.lock();
        if state.accepts() {
            state.status = Status::Stopped;
            state.wake_room();
        }
    }

    /// Queues the last bytes, and accepts nothing after them.
    pub(crate) fn finish(&self, message: Option<Encoded>, close_frame: Option<Bytes>) {
        let mut state = self.lock();
        if matches!(
            state.status,
            Status::Open | Status::Stopped | Status::Overflow
        ) {
            state.let_go();
            if let Some(message) = message {
                state.queue.append(message);
            }
            if let Some(close_frame) = close_frame.filter(|_| self.framing.is_websocket()) {
                state.queue.push_framed(close_frame);
            }
            state.status = Status::Finished;
            state.wake_room();
            // Written now and not at the turn's end: the transport is about to be closed.
            if state.blocked.is_none() {
                self.write(&mut state);
            }
            if state.queue.is_lent() {
                // The goodbye stands behind it.
                state.blocked.get_or_insert_with(Instant::now);
            }
        } else if state.status == Status::Lost {
            // There is nobody to say it to, nor will be.
            state.fail();
        }
    }

    /// Writes what the turn that just ended has queued.
    pub(super) fn flush(&self) {
        let mut state = self.lock();
        state.owed = false;
        if state.blocked.is_none() {
            self.write(&mut state);
        }
    }

    /// Has the driver woken for whatever happens from now on. What it looks at before may have
    /// changed unnoticed by then.
    pub(crate) fn listen(&self, task: &mut Context<'_>) {
        self.driver.register(task.waker());
    }

    /// Lets the driver, which listens, write what senders could not. Ready when nothing is pending.
    pub(crate) fn poll_flush(&self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.lock();
        if state.status == Status::Failed {
            return Poll::Ready(Err(ErrorKind::BrokenPipe.into()));
        }
        while state.blocked.is_some() && state.queue.bytes() > 0 {
            state.queue.seal();
            let written = {
                let mut pieces = [IoSlice::new(&[]); PIECES];
                let pieces = state.queue.pieces(&mut pieces);
                if pieces.is_empty() {
                    break;
                }
                ready!(state.transport()?.poll_write(task, pieces))
            };
            match written {
                Ok(0) => return state.lost(ErrorKind::WriteZero.into()),
                Ok(count) => {
                    state.advance(count);
                    state.blocked = Some(Instant::now());
                }
                Err(error) => return state.lost(error),
            }
        }
        if state.blocked.is_some() {
            if let Err(error) = ready!(state.transport()?.poll_flush(task)) {
                return state.lost(error);
            }
            // Who has the batch in hand sees to the rest, and wakes this task.
            if state.status == Status::Finished && state.queue.is_lent() {
                return Poll::Pending;
            }
            state.blocked = None;
        }
        Poll::Ready(Ok(()))
    }

    /// Ends the writing side of the transport.
    pub(crate) fn poll_shutdown(&self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.lock().transport()?.poll_shutdown(task)
    }

    /// Whether more may be queued for the socket at present.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        if self.has_room.load(Ordering::Acquire) {
            return true;
        }
        self.finds_room()
    }

    #[cold]
    fn finds_room(&self) -> bool {
        let state = self.lock();
        !state.accepts() || state.queue.lasting_bytes() < HIGH_WATER
    }

    /// Ready with `true` when there is room, with `false` when nothing is accepted any more. A
    /// connection that may be resumed also waits for acknowledgements.
    #[inline]
    pub(crate) fn poll_room(&self, task: &mut Context<'_>) -> Poll<bool> {
        if self.has_room.load(Ordering::Acquire) {
            return Poll::Ready(true);
        }
        self.wait_for_room(task, Kept::is_full)
    }

    #[cold]
    fn wait_for_room(&self, task: &mut Context<'_>, is_full: fn(&Kept) -> bool) -> Poll<bool> {
        self.lock().poll_room(task, is_full)
    }

    /// The same for whoever must not wait for acknowledgements: those come by reading.
    pub(crate) fn poll_socket_room(&self, task: &mut Context<'_>) -> Poll<bool> {
        if self.has_room.load(Ordering::Acquire) {
            return Poll::Ready(true);
        }
        self.wait_for_room(task, |_| false)
    }

    /// How things stand, and since when the socket takes nothing.
    pub(crate) fn status(&self) -> (Status, Option<Instant>) {
        let state = self.lock();
        (state.status, state.blocked)
    }

    /// For the metrics: bytes that have been written since this was asked last, and bytes that wait.
    pub(crate) fn take_count(&self) -> (u64, usize) {
        let mut state = self.lock();
        (state.sent.take(), state.queue.bytes())
    }

    /// Whether the peer is known to be gone, although what it sent last has not been read.
    pub(crate) fn is_abandoned(&self) -> bool {
        let state = self.lock();
        let transport = state.transport.as_ref();
        transport.is_some_and(|transport| transport.is_abandoned())
    }

    /// Wakes the connection's task.
    pub(crate) fn wake_driver(&self) {
        self.driver.wake();
    }

    /// Drops everything: the transport is dead.
    pub(crate) fn discard(&self) {
        self.lock().fail();
    }

    /// Writes at once, unless a turn or the driver will.
    #[inline]
    fn write_or_owe(&self, mut state: Locked<'_>, owner: &Connection) {
        if state.owed || state.blocked.is_some() || state.queue.bytes() == 0 {
            return;
        }
        if turn::owe(|| owner.shared()) {
            state.owed = true;
        } else {
            self.write(&mut state);
        }
    }

    fn write(&self, state: &mut State) {
        state.queue.seal();
        while state.queue.bytes() > 0 {
            let written = {
                let mut pieces = [IoSlice::new(&[]); PIECES];
                let pieces = state.queue.pieces(&mut pieces);
                // Who has the batch in hand sees to the rest.
                if pieces.is_empty() {
                    return;
                }
                state.transport().and_then(|it| it.try_write(pieces))
            };
            match written {
                Ok(count) if count > 0 => state.advance(count),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    state.blocked = Some(Instant::now());
                    self.driver.wake();
                    return;
                }
                Ok(_) | Err(_) => {
                    state.lose();
                    self.driver.wake();
                }
            }
        }
    }

    fn lock(&self) -> Locked<'_> {
        // No user code runs under the lock, so a poisoned state is still whole.
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.loan.recall();
        Locked {
            state,
            has_room: &self.has_room,
        }
    }
}

/// The locked state, which leaves word of whether there is room.
struct Locked<'a> {
    state: MutexGuard<'a, State>,
    has_room: &'a AtomicBool,
}

impl Drop for Locked<'_> {
    fn drop(&mut self) {
        self.has_room
            .store(self.state.has_room(), Ordering::Release);
    }
}

impl Deref for Locked<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl DerefMut for Locked<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl State {
    fn transport(&self) -> io::Result<&dyn Transport> {
        self.transport
            .as_deref()
            .ok_or_else(|| ErrorKind::BrokenPipe.into())
    }

    /// Whether messages are taken.
    fn accepts(&self) -> bool {
        matches!(self.status, Status::Open | Status::Lost)
    }

    /// Whether another's message may be queued, and kept.
    fn fits(&self, length: usize, limit: usize) -> bool {
        let queued = self.queue.bytes() == 0 || self.queue.held() + length <= limit;
        queued && self.fits_kept(length, limit)
    }

    fn fits_kept(&self, length: usize, limit: usize) -> bool {
        let kept = self.kept.as_ref();
        kept.is_none_or(|kept| kept.fits(length, limit))
    }

    /// Whether everybody may go on.
    fn has_room(&self) -> bool {
        let is_full = self.kept.as_ref().is_some_and(|kept| kept.is_full());
        self.accepts() && self.queue.lasting_bytes() < HIGH_WATER && !is_full
    }

    fn poll_room(&mut self, task: &mut Context<'_>, is_full: fn(&Kept) -> bool) -> Poll<bool> {
        if !self.accepts() {
            return Poll::Ready(false);
        }
        let kept = self.kept.as_deref();
        if self.queue.lasting_bytes() < HIGH_WATER && !kept.is_some_and(is_full) {
            return Poll::Ready(true);
        }
        if !self.room.iter().any(|waker| waker.will_wake(task.waker())) {
            self.room.push(task.waker().clone());
        }
        Poll::Pending
    }

    /// A write has failed, which is no error where another transport may follow.
    fn lost(&mut self, error: io::Error) -> Poll<io::Result<()>> {
        self.lose();
        Poll::Ready(if self.status == Status::Lost {
            Ok(())
        } else {
            Err(error)
        })
    }

    fn advance(&mut self, count: usize) {
        self.sent.add(count);
        self.queue.advance(count);
        if self.queue.lasting_bytes() <= LOW_WATER {
            self.wake_room();
        }
    }

    fn fail(&mut self) {
        self.status = Status::Failed;
        self.transport = None;
        self.queue.clear();
        self.kept = None;
        self.blocked = None;
        self.wake_room();
    }

    fn wake_room(&mut self) {
        self.room.drain(..).for_each(Waker::wake);
    }
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.lock();
        f.debug_struct("Outgoing")
            .field("bytes", &state.queue.bytes())
            .field("status", &state.status)
            .finish()
    }
}

#[cfg(test)]
mod tests;
