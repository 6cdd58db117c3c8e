//! The two directions of an upgraded connection.

use super::websocket::upgrade::Upgraded;
use crate::driver::{Input, Transport};
use futures_util::FutureExt as _;
use std::cell::RefCell;
use std::io::{self, Cursor, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, Interest, WriteHalf};
use tokio::net::TcpStream;
use tokio::net::tcp::OwnedWriteHalf;

/// Takes an upgraded connection apart.
pub(super) fn split(upgraded: Upgraded) -> (Input, Box<dyn Transport>) {
    match upgraded {
        Upgraded::Tcp { stream, read_buf } => {
            let (input, output) = stream.into_split();
            (read_ahead(read_buf, input), Box::new(Socket(Some(output))))
        }
        Upgraded::Other(stream) => {
            let (input, output) = tokio::io::split(stream);
            (Box::new(input), Box::new(Locked(Mutex::new(output))))
        }
    }
}

/// What the HTTP layer has read beyond the request comes first.
fn read_ahead(bytes: bytes::Bytes, input: impl AsyncRead + Send + Unpin + 'static) -> Input {
    if bytes.is_empty() {
        Box::new(input)
    } else {
        Box::new(Cursor::new(bytes).chain(input))
    }
}

/// The bare socket: any sender may write through a shared reference. It is there until it is
/// dropped.
struct Socket(Option<OwnedWriteHalf>);

impl Socket {
    fn stream(&self) -> &TcpStream {
        self.0.as_ref().expect("it is taken in drop only").as_ref()
    }
}

/// The socket is closed with the other half, by which it has said goodbye or is beyond it: to end
/// the writing side once more, as the half does by itself, is a system call for nothing.
impl Drop for Socket {
    fn drop(&mut self) {
        if let Some(half) = self.0.take() {
            half.forget();
        }
    }
}

impl Transport for Socket {
    fn poll_write(&self, task: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.stream().poll_write_ready(task))?;
            match self.try_write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    fn try_write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        match bytes {
            [one] => self.stream().try_write(one),
            many if is_small(many) => gathered(many, |all| self.stream().try_write(all)),
            many => self.stream().try_write_vectored(many),
        }
    }

    fn is_abandoned(&self) -> bool {
        let ready = self.stream().ready(Interest::READABLE).now_or_never();
        matches!(ready, Some(Ok(ready)) if ready.is_read_closed())
    }

    fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(socket2::SockRef::from(self.stream()).shutdown(std::net::Shutdown::Write))
    }
}

/// Up to so many bytes are cheaper copied together than handed over in pieces.
const SMALL: usize = 4 * 1024;

fn is_small(pieces: &[IoSlice<'_>]) -> bool {
    pieces.iter().map(|piece| piece.len()).sum::<usize>() <= SMALL
}

thread_local! {
    static GATHERED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Hands pieces over as one.
fn gathered<T>(pieces: &[IoSlice<'_>], write: impl FnOnce(&[u8]) -> T) -> T {
    GATHERED.with_borrow_mut(|all| {
        all.clear();
        all.reserve_exact(SMALL);
        for piece in pieces {
            all.extend_from_slice(piece);
        }
        write(all)
    })
}

/// Any other stream, such as one under TLS. Only the connection's task writes to it.
struct Locked<S>(Mutex<WriteHalf<S>>);

impl<S> Locked<S> {
    fn lock(&self) -> MutexGuard<'_, WriteHalf<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: AsyncWrite + Send + 'static> Transport for Locked<S> {
    fn poll_write(&self, task: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.lock()).poll_write_vectored(task, bytes)
    }

    fn try_write(&self, _: &[IoSlice<'_>]) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }

    fn poll_flush(&self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.lock()).poll_flush(task)
    }

    fn poll_shutdown(&self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.lock()).poll_shutdown(task)
    }
}
