use crate::driver;
use crate::server::clock::CoarseClock;
use crate::server::state::HubState;
use crate::server::testing::{self, Sink};
use crate::server::{HubOptions, ServedBy};
use hub_core::contract::HubContract;
use hub_core::protocol::Protocols;
use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::io::{AsyncRead, ReadBuf};

/// A connection of a hub, driven by hand: frames in, frames out, and no socket in between.
pub struct Line {
    driver: Pin<Box<dyn Future<Output = ()> + Send>>,
    received: Received,
    sink: Sink,
}

impl Line {
    /// Connects to a hub, whose methods have to end when they are first polled.
    pub fn open<H: HubContract + ?Sized>(hub: impl ServedBy<H>) -> Self {
        let clock = Arc::new(CoarseClock::new());
        let (name, hub) = (H::DESCRIPTION.name, hub.mounted().into_hub());
        let hub = HubState::new(
            name,
            hub,
            HubOptions::default(),
            Protocols::ALL,
            clock,
            Arc::default(),
            None,
        );
        let (sink, received) = (Sink::default(), Received::default());
        let connection = testing::member(&hub, 1, sink.outgoing());
        let input = Box::new(received.clone());
        Self {
            driver: Box::pin(driver::run(&connection, input, Box::new(()))),
            received,
            sink,
        }
    }

    /// Has the connection read these bytes, and says how many it wrote.
    pub fn receive(&mut self, bytes: &[u8]) -> usize {
        let before = self.sink.bytes();
        self.received.add(bytes);
        let mut task = Context::from_waker(Waker::noop());
        let ended = self.driver.as_mut().poll(&mut task);
        assert!(ended.is_pending(), "the connection has ended");
        self.sink.bytes() - before
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line").finish_non_exhaustive()
    }
}

/// What has come and is not read yet.
#[derive(Debug, Clone, Default)]
struct Received(Arc<Mutex<Vec<u8>>>);

impl Received {
    fn add(&self, bytes: &[u8]) {
        let mut received = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        received.extend_from_slice(bytes);
    }
}

impl AsyncRead for Received {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut received = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if received.is_empty() {
            return Poll::Pending;
        }
        let length = received.len().min(buffer.remaining());
        buffer.put_slice(&received[..length]);
        received.drain(..length);
        Poll::Ready(Ok(()))
    }
}
