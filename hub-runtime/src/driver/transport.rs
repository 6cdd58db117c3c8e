use super::frame::Framing;
use std::io::{self, IoSlice};
use std::task::{Context, Poll};
use tokio::io::AsyncRead;

/// Where a connection's bytes come from: owned by its task.
pub(crate) type Input = Box<dyn AsyncRead + Send + Unpin>;

/// Where a connection's bytes go.
///
/// Everything takes `&self`: the connection's task waits for room, while any sender whose
/// receiver has nothing pending may write at once. Frames are the layer above; whoever writes
/// passes whole frames or the rest of one, and serialises with the lock of
/// [`Outgoing`](super::outgoing::Outgoing).
pub(crate) trait Transport: Send + Sync + 'static {
    /// Writes as much as the peer's window takes, waiting for room if there is none.
    fn poll_write(&self, task: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>>;

    /// Writes without waiting. `WouldBlock` says that the connection's task has to do it.
    fn try_write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize>;

    /// Passes on what layers in between, such as TLS, have kept to themselves.
    fn poll_flush(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Whether the peer is known to be gone, although what it sent last has not been read. `false` if
    /// in doubt: who reads learns it anyway.
    fn is_abandoned(&self) -> bool {
        false
    }

    /// Ends the writing side once everything is written.
    fn poll_shutdown(&self, task: &mut Context<'_>) -> Poll<io::Result<()>>;
}

/// Both directions of a transport, and how messages travel over it.
pub(crate) struct Link {
    pub(crate) input: Input,
    pub(crate) output: Box<dyn Transport>,
    pub(crate) framing: Framing,
}
