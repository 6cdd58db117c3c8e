use std::io::{self, IoSlice};
use std::task::{Context, Poll};

/// A duplex byte stream under a connection.
///
/// Everything takes `&self`: the connection's task reads and waits, while any sender whose
/// receiver has nothing pending may write at once. Frames are the layer above; whoever calls
/// `write` passes whole frames or the rest of one, and serialises with the lock of
/// [`Outgoing`](super::outgoing::Outgoing).
pub(crate) trait Transport: Send + Sync + 'static {
    /// Reads into `buffer`; zero bytes are the end of the stream.
    fn poll_read(&self, task: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>>;

    /// Writes as much as the peer's window takes, waiting for room if there is none.
    fn poll_write(&self, task: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>>;

    /// Writes without waiting. `WouldBlock` says that the connection's task has to do it.
    fn try_write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize>;

    /// Ends the writing side once everything is written.
    fn poll_shutdown(&self, task: &mut Context<'_>) -> Poll<io::Result<()>>;
}
