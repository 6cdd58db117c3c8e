//! What a connection that may be resumed keeps of what it has sent.

use super::{Outgoing, State, Status};
use crate::driver::connection::Connection;
use crate::driver::frame::{Frame, Framing};
use crate::driver::transport::Transport;
use hub_core::protocol::{Encoded, Protocol};
use hub_core::session::Replay;

/// The messages that the client has not acknowledged, as whole frames, shared with the queue.
#[derive(Debug)]
pub(super) struct Kept {
    replay: Replay,
    /// Nothing is written yet: a client that has just read its handshake does not count what comes
    /// with it (wire specification, section 17.6).
    held_back: bool,
}

impl Kept {
    /// Whether another's message may still be kept.
    pub(super) fn fits(&self, length: usize, limit: usize) -> bool {
        self.replay.is_empty() || self.replay.held() + length <= limit
    }

    /// Whether the connection's own messages have to wait for an Ack.
    pub(super) fn is_full(&self) -> bool {
        self.replay.is_full()
    }
}

impl Outgoing {
    /// From here on every message is kept until it is acknowledged, and none is written before
    /// [`release`](Self::release).
    pub(crate) fn keep(&self, buffer_size: usize) {
        self.lock().kept = Some(Box::new(Kept {
            replay: Replay::new(buffer_size),
            held_back: true,
        }));
    }

    /// Writes what was held back.
    pub(crate) fn release(&self, owner: &Connection) {
        let mut state = self.lock();
        state.release();
        self.write_or_owe(state, owner);
    }

    /// The client has received everything up to message `through`.
    pub(crate) fn acknowledge(&self, through: u64) {
        let mut state = self.lock();
        if let Some(kept) = &mut state.kept {
            kept.replay.acknowledge(through);
            if !kept.is_full() {
                state.wake_room();
            }
        }
    }

    /// Whether the connection outlives its transport.
    pub(crate) fn is_resumable(&self) -> bool {
        self.lock().is_resumable()
    }

    /// Lets the transport go, and keeps messages for the next one. `false` if there cannot be one.
    pub(crate) fn detach(&self) -> bool {
        let mut state = self.lock();
        let resumable = state.is_resumable();
        if resumable {
            state.lose();
        }
        resumable
    }

    /// Goes on with another transport: Sequence, then what the client has not acknowledged, with
    /// its original bytes. `false` if the connection cannot be resumed any more.
    pub(crate) fn attach(
        &self,
        owner: &Connection,
        transport: Box<dyn Transport>,
        framing: Framing,
        protocol: Protocol,
    ) -> bool {
        let mut state = self.lock();
        if !state.is_resumable() {
            return false;
        }
        state.lose();
        state.status = Status::Open;
        state.transport = Some(transport);
        let State { queue, kept, .. } = &mut *state;
        queue.set_framing(framing);
        if let Some(kept) = kept {
            kept.held_back = false;
            queue.append(Encoded::sequence(protocol, kept.replay.first_number()));
            for message in kept.replay.unacknowledged() {
                queue.push_framed(message.clone());
            }
        }
        self.write_or_owe(state, owner);
        true
    }

    /// Ends with the transport like any other connection from now on; at once if it has none.
    pub(crate) fn stop_keeping(&self, owner: &Connection) {
        let mut state = self.lock();
        if state.status == Status::Lost {
            state.fail();
            self.driver.wake();
        } else {
            state.let_go();
            self.write_or_owe(state, owner);
        }
    }
}

impl State {
    pub(super) fn is_resumable(&self) -> bool {
        self.accepts() && self.kept.is_some()
    }

    /// Queues a message of the connection's own.
    #[inline]
    pub(super) fn push(&mut self, message: Encoded) {
        if self.kept.is_some() {
            let frame = Frame::new(message, self.queue.format());
            self.push_counted(&frame);
        } else {
            self.queue.append(message);
        }
    }

    /// Queues a framed message, and keeps it where the connection may be resumed: as every transport
    /// takes it, since the next one need not compress.
    #[inline]
    pub(super) fn push_counted(&mut self, frame: &Frame) {
        if !self.keeps(frame) {
            return;
        }
        // A library of TLS may have in hand what it has been offered.
        if self.blocked.is_none() {
            self.queue.join_frame(frame);
        } else {
            self.queue.push_frame(frame);
        }
    }

    /// Keeps a message where the connection may be resumed. `true` if it is to be written now.
    #[inline]
    pub(super) fn keeps(&mut self, frame: &Frame) -> bool {
        let Some(kept) = &mut self.kept else {
            return true;
        };
        kept.replay.push(frame.bytes(Framing::WebSocket(None)));
        !kept.held_back && self.transport.is_some()
    }

    /// Queues what was held back.
    pub(super) fn release(&mut self) {
        let Self {
            queue,
            kept: Some(kept),
            transport,
            ..
        } = self
        else {
            return;
        };
        if std::mem::take(&mut kept.held_back) && transport.is_some() {
            for message in kept.replay.unacknowledged() {
                queue.push_framed(message.clone());
            }
        }
    }

    /// Keeps nothing any more: the connection ends with its transport.
    pub(super) fn let_go(&mut self) {
        self.release();
        self.kept = None;
        self.wake_room();
    }

    /// The transport is gone: messages are kept for the next one, if there may be one.
    pub(super) fn lose(&mut self) {
        if !self.is_resumable() {
            return self.fail();
        }
        self.status = Status::Lost;
        self.transport = None;
        self.queue.clear();
        self.blocked = None;
        // Whoever waited for the socket waits for acknowledgements only.
        self.wake_room();
    }
}
