use crate::driver::{Broadcast, Connection, InTurns};
use crate::server::testing::{self, Sink};
use hub_core::protocol::{EncodedInvocation, Protocol, Protocols};
use std::future::Future as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// One receiver, and a message that it shares with others.
#[derive(Debug)]
pub struct Mailbox {
    sink: Sink,
    connection: Arc<Connection>,
    message: Broadcast,
}

impl Mailbox {
    /// The receiver of a text.
    pub fn new(text: &str) -> Self {
        let sink = Sink::default();
        let connection = testing::member(&testing::hub(), 1, sink.outgoing());
        connection.accept(Protocol::Json);
        let message = EncodedInvocation::encode(Protocols::JSON, None, "Receive", &(text,));
        let message = Broadcast::new(message.expect("a text has a form"));
        Self {
            sink,
            connection,
            message,
        }
    }

    /// Pushes the message outside of a turn, where it is written at once.
    pub fn push(&self) {
        self.connection.deliver(&self.message);
    }

    /// Pushes it so many times within one turn, whose end writes once.
    pub fn push_in_a_turn(&self, times: usize) {
        let turn = std::future::poll_fn(|_| {
            (0..times).for_each(|_| self.push());
            Poll::Ready(())
        });
        let mut turn = InTurns::new(turn);
        let mut task = Context::from_waker(Waker::noop());
        let ended = Pin::new(&mut turn).poll(&mut task);
        assert_eq!(ended, Poll::Ready(()), "one write is no backlog");
    }

    /// The bytes written so far.
    pub fn written(&self) -> usize {
        self.sink.bytes()
    }
}
