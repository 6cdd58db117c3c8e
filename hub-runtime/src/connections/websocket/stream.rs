//! An upgraded connection that is no bare socket: one under TLS, or a stream of an HTTP/2
//! connection.

use crate::server::drain::Occupied;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What one write takes at most. hyper takes a few writes to a stream of HTTP/2 whatever the
/// client's window, and keeps them until there is room.
const WRITE: usize = 16 * 1024;

/// Keeps its HTTP/2 connection in use, and ends with it or before it.
#[derive(Debug)]
pub(crate) struct Stream {
    io: TokioIo<Upgraded>,
    occupied: Option<Occupied>,
    /// Everything was written, and its end.
    finished: bool,
}

impl Stream {
    pub(super) fn new(upgraded: Upgraded, occupied: Option<Occupied>) -> Self {
        Self {
            io: TokioIo::new(upgraded),
            occupied,
            finished: false,
        }
    }
}

/// A client that does not read would have the stream wait for it.
impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(occupied) = self.occupied.as_ref().filter(|_| !self.finished) {
            occupied.cut();
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(task, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let bytes = &bytes[..bytes.len().min(WRITE)];
        Pin::new(&mut self.io).poll_write(task, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        task: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match pieces {
            [first, ..] if first.len() > WRITE => self.poll_write(task, first),
            pieces => Pin::new(&mut self.io).poll_write_vectored(task, pieces),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(task)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.io).poll_shutdown(task))?;
        self.finished = true;
        Poll::Ready(Ok(()))
    }
}
