//! Two half-transports joined into one: requests bring bytes in, responses take messages out, and
//! the connection outlives them all (wire specification, sections 4 and 5).

use crate::driver::Transport;
use crate::server::drain::Drain;
use bytes::{Buf, Bytes, BytesMut};
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, ReadBuf};

/// What may wait in each direction. The figure is SignalR's for its two buffers: above it a POST
/// is answered later, and messages wait in the connection's own queue.
const LIMIT: usize = 65_536;

/// Where requests and responses of one connection meet its task.
#[derive(Debug, Default)]
pub(super) struct Mailslot {
    state: Mutex<State>,
    /// One POST after the other, so that their bytes do not mix.
    posting: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    /// Received, and not read yet.
    inbound: BytesMut,
    /// Nothing more will be received.
    inbound_ended: bool,
    driver: Option<Waker>,
    posts: Vec<Waker>,
    /// Whole messages, which the next response takes.
    outbound: BytesMut,
    /// Nothing more will be sent.
    outbound_ended: bool,
    /// The client is gone, or the server has given it up.
    abandoned: bool,
    sender: Option<Waker>,
    response: Option<Waker>,
    /// Counts responses; only the newest one may take messages.
    newest: u64,
    /// Since when no response has waited, in coarse milliseconds; `None` while one does.
    inactive_since: Option<u64>,
    /// A response is on its way that lasts as long as the connection.
    stream: Option<ResponseStream>,
}

#[derive(Debug)]
struct ResponseStream {
    /// What ends it if its client does not read.
    cut: Option<Drain>,
}

/// What a response is to say.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// Whole messages.
    Messages(Bytes),
    /// The connection is over, and everything has been said.
    Ended,
    /// The connection was given up in the middle.
    Abandoned,
    /// A newer response has taken this one's place.
    Replaced,
}

/// The connection has ended, and takes no more bytes.
#[derive(Debug)]
pub(super) struct Gone;

impl Mailslot {
    /// The driver's ends.
    pub(super) fn split(self: &Arc<Self>) -> (Inbound, Outbound) {
        (Inbound(Arc::clone(self)), Outbound(Arc::clone(self)))
    }

    /// Takes a request's bytes in, piece by piece as [`Posting`] is given them.
    pub(super) async fn post(&self) -> Posting<'_> {
        Posting {
            slot: self,
            _turn: self.posting.lock().await,
        }
    }

    /// Begins a response, which takes the place of any other.
    pub(super) fn respond(&self) -> u64 {
        let mut state = self.lock();
        state.newest += 1;
        state.inactive_since = None;
        wake(&mut state.response);
        state.newest
    }

    /// Begins the one response that lasts as long as the connection. `cut` is for a client that does
    /// not read: nobody asks for more of a response then, be it its end.
    pub(super) fn stream(&self, cut: Option<Drain>) -> u64 {
        self.lock().stream = Some(ResponseStream { cut });
        self.respond()
    }

    /// That response has ended, and there is no coming back.
    pub(super) fn streamed(&self) {
        self.lock().stream = None;
        self.disconnect();
    }

    /// Takes what there is for a response.
    pub(super) fn poll_take(&self, number: u64, task: &mut Context<'_>) -> Poll<Taken> {
        let mut state = self.lock();
        if state.newest != number {
            return Poll::Ready(Taken::Replaced);
        }
        if state.abandoned {
            return Poll::Ready(Taken::Abandoned);
        }
        if !state.outbound.is_empty() {
            wake(&mut state.sender);
            return Poll::Ready(Taken::Messages(state.outbound.split().freeze()));
        }
        if state.outbound_ended {
            return Poll::Ready(Taken::Ended);
        }
        state.response = Some(task.waker().clone());
        Poll::Pending
    }

    /// Ends a response: unless another one is waiting, the connection is inactive from now on.
    pub(super) fn responded(&self, number: u64, now: u64) {
        let mut state = self.lock();
        if state.newest == number {
            state.inactive_since = Some(now);
        }
    }

    /// Whether the connection has had no response since before `oldest`.
    pub(super) fn is_inactive(&self, oldest: u64) -> bool {
        self.lock()
            .inactive_since
            .is_some_and(|since| since < oldest)
    }

    /// The client has gone: what it sent so far counts, and nothing can reach it.
    pub(super) fn disconnect(&self) {
        let mut state = self.lock();
        state.inbound_ended = true;
        state.wake_all();
    }

    fn abandon(&self) {
        let mut state = self.lock();
        state.inbound_ended = true;
        state.abandoned |= !state.outbound_ended;
        state.outbound_ended = true;
        state.wake_all();
        if let Some(ResponseStream { cut: Some(drain) }) = &state.stream {
            drain.cut();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake_all(&mut self) {
        wake(&mut self.driver);
        wake(&mut self.sender);
        wake(&mut self.response);
        self.posts.drain(..).for_each(Waker::wake);
    }

    fn poll_send(&mut self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.outbound_ended {
            return Err(ErrorKind::BrokenPipe.into());
        }
        let mut taken = 0;
        // Only whole pieces: a response must never end within a message.
        for piece in bytes {
            if self.outbound.len() >= LIMIT {
                break;
            }
            self.outbound.extend_from_slice(piece);
            taken += piece.len();
        }
        if taken == 0 {
            return Err(ErrorKind::WouldBlock.into());
        }
        wake(&mut self.response);
        Ok(taken)
    }
}

/// A request whose bytes come in.
#[derive(Debug)]
pub(super) struct Posting<'a> {
    slot: &'a Mailslot,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl Posting<'_> {
    /// Adds a piece once there is room for it: this is how a client that sends too fast is held
    /// back.
    pub(super) async fn add(&self, bytes: &[u8]) -> Result<(), Gone> {
        std::future::poll_fn(|task| {
            let mut state = self.slot.lock();
            if state.inbound_ended {
                // A connection that says goodbye reads nothing more. Its client learns why from
                // the goodbye, and would never see it if its request failed.
                let says_goodbye = state.outbound_ended && !state.abandoned;
                return Poll::Ready(if says_goodbye { Ok(()) } else { Err(Gone) });
            }
            if state.inbound.len() >= LIMIT {
                state.posts.push(task.waker().clone());
                return Poll::Pending;
            }
            state.inbound.extend_from_slice(bytes);
            wake(&mut state.driver);
            Poll::Ready(Ok(()))
        })
        .await
    }
}

/// What the connection's task reads.
#[derive(Debug)]
pub(super) struct Inbound(Arc<Mailslot>);

impl AsyncRead for Inbound {
    fn poll_read(
        self: Pin<&mut Self>,
        task: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut state = self.0.lock();
        if state.inbound.is_empty() && !state.inbound_ended {
            state.driver = Some(task.waker().clone());
            return Poll::Pending;
        }
        let count = state.inbound.len().min(buffer.remaining());
        buffer.put_slice(&state.inbound[..count]);
        state.inbound.advance(count);
        if state.inbound.is_empty() {
            // Nothing is held while idle.
            state.inbound = BytesMut::new();
        }
        state.posts.drain(..).for_each(Waker::wake);
        Poll::Ready(Ok(()))
    }
}

/// Where the connection's messages go.
#[derive(Debug)]
pub(super) struct Outbound(Arc<Mailslot>);

impl Transport for Outbound {
    fn poll_write(&self, task: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let mut state = self.0.lock();
        match state.poll_send(bytes) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                state.sender = Some(task.waker().clone());
                Poll::Pending
            }
            result => Poll::Ready(result),
        }
    }

    fn try_write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.lock().poll_send(bytes)
    }

    fn is_abandoned(&self) -> bool {
        self.0.lock().inbound_ended
    }

    /// Ready once a response that lasts as long as the connection has told its client all.
    fn poll_shutdown(&self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut state = self.0.lock();
        if !state.outbound_ended {
            state.outbound_ended = true;
            state.inbound_ended = true;
            state.inbound = BytesMut::new();
            state.wake_all();
        }
        if state.stream.is_some() {
            state.sender = Some(task.waker().clone());
            return Poll::Pending;
        }
        Poll::Ready(Ok(()))
    }
}

/// The connection has let go: whoever waits for messages waits in vain, and a response that its
/// client has not read to its end never will be.
impl Drop for Outbound {
    fn drop(&mut self) {
        self.0.abandon();
    }
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}
