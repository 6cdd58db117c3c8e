//! What becomes of others' messages for a client that does not keep up.

use super::{Outgoing, State, Status};
use crate::driver::connection::Connection;
use crate::driver::frame::Frame;
use crate::telemetry::{self, targets};

/// What becomes of what others send to a client that does not keep up; see
/// [`HubOptions::slow_client`](crate::HubOptions::slow_client).
///
/// Others' messages are calls of the server on clients: `cx.clients().…`, on the caller too. The answers
/// to a client's own calls and the items of its streams are never dropped: they wait. Nor is a question
/// (a client result): it takes the place of messages that may be dropped, or closes the connection.
/// Whatever the policy, a client whose socket takes nothing for
/// [`transport_send_timeout`](crate::HubOptions::transport_send_timeout) is closed.
///
/// A connection that can be resumed (stateful reconnect) loses nothing: nothing is dropped of it, and
/// one that is away is closed beyond the bound. One that is there, and too far behind, can no longer be
/// resumed; then the policy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum SlowClient {
    /// The connection is closed, with
    /// [`DisconnectReason::SlowConsumer`](crate::DisconnectReason::SlowConsumer). The client may come
    /// back, and then knows that it has missed something. The default.
    #[default]
    Close,
    /// The oldest messages that wait are dropped: for what is only of interest while it is new.
    DropOldest,
    /// The new message is dropped: for what is of use in its order only, or not at all.
    DropNewest,
    /// A message takes the place of one that waits and that it makes out of date: of one by the same
    /// method, and with the same key where calls are given one by
    /// [`Delivery::keyed`](crate::Delivery::keyed). Not only at the bound, but as soon as the client's
    /// socket takes no more: who is behind reads the last state and not how it came about. A client
    /// that is beyond the bound even so is closed, so that none ever misses the last word.
    Replace,
}

impl SlowClient {
    /// What it is called where dropped messages are counted.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::DropOldest => "drop_oldest",
            Self::DropNewest => "drop_newest",
            Self::Replace => "replace",
        }
    }
}

/// What others' message was found to be, under the lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Verdict {
    takes: bool,
    /// Messages that were dropped for it, or it for them.
    dropped: usize,
}

impl Outgoing {
    /// Queues a message that others share, for a hub that does not simply close slow clients.
    #[inline(never)]
    pub(super) fn push_droppable(&self, owner: &Connection, frame: &Frame) {
        frame.prepare(self.framing);
        let mut state = self.lock();
        let verdict = self.judge(&mut state, frame);
        let is_first = verdict.dropped > 0 && state.queue.note_dropped();
        if verdict.takes {
            state.push_shared(frame);
            self.write_or_owe(state, owner);
        } else {
            drop(state);
        }
        if verdict.dropped > 0 {
            self.tell_of_dropped(owner, verdict.dropped, is_first);
        }
    }

    #[cold]
    fn tell_of_dropped(&self, owner: &Connection, count: usize, is_first: bool) {
        let (hub, policy) = (owner.hub().name(), self.slow_client.name());
        telemetry::messages_dropped(hub, policy, count as u64);
        // Once, until the client has caught up.
        if is_first {
            tracing::info!(
                target: targets::LIMITS,
                hub,
                policy,
                connection_id = %owner.who().id,
                "a client does not keep up, and messages to it are dropped"
            );
        }
    }

    /// Makes room for a message of others, as far as the policy goes.
    fn judge(&self, state: &mut State, frame: &Frame) -> Verdict {
        let length = frame.length();
        let mut dropped = 0;
        if !state.accepts() {
            return Verdict {
                takes: false,
                dropped,
            };
        }
        if !state.fits(length, self.limit) {
            // What a turn has only queued yet says nothing about the client.
            if state.blocked.is_none() {
                self.write(state);
            }
            if state.transport.is_some() && !state.fits(length, self.limit) {
                state.let_go();
            }
        }
        // What may be sent again has been counted, and is not dropped.
        if state.kept.is_none() && state.blocked.is_some() {
            dropped += match self.slow_client {
                SlowClient::Replace => usize::from(state.queue.drop_shared(frame.stands_for())),
                SlowClient::DropOldest => self.drop_oldest(state, length),
                SlowClient::Close | SlowClient::DropNewest => 0,
            };
        }
        let takes = state.accepts() && state.fits(length, self.limit);
        if !takes && state.accepts() {
            let is_closed = matches!(self.slow_client, SlowClient::Close | SlowClient::Replace);
            if is_closed || state.kept.is_some() {
                state.status = Status::Overflow;
                self.driver.wake();
            } else {
                dropped += 1;
            }
        }
        Verdict { takes, dropped }
    }

    /// Drops from the front until there is room, if there can be; gives how many.
    fn drop_oldest(&self, state: &mut State, length: usize) -> usize {
        let mut dropped = 0;
        if state.queue.held_at_least() + length > self.limit {
            return dropped;
        }
        while !state.fits(length, self.limit) && state.queue.drop_first_shared() {
            dropped += 1;
        }
        dropped
    }

    /// Makes room for a question, which is not dropped itself.
    pub(super) fn make_room(&self, state: &mut State, length: usize) {
        if self.slow_client != SlowClient::Close && state.kept.is_none() {
            self.drop_oldest(state, length);
        }
    }
}

impl State {
    /// Queues a message that others share, and that may be dropped again.
    fn push_shared(&mut self, frame: &Frame) {
        if self.keeps(frame) {
            self.queue.push_shared(frame);
        }
    }
}
