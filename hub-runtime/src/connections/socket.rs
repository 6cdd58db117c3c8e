use super::websocket::upgrade::Upgraded;
use crate::driver::Transport;
use bytes::{Buf, Bytes};
use hyper_util::rt::TokioIo;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// The transport over an upgraded connection.
pub(super) fn transport(upgraded: Upgraded) -> Box<dyn Transport> {
    match upgraded {
        Upgraded::Tcp { stream, read_buf } if read_buf.is_empty() => Box::new(stream),
        Upgraded::Tcp { stream, read_buf } => Box::new(ReadAhead {
            stream,
            unread: Mutex::new(read_buf),
        }),
        Upgraded::Other(stream) => Box::new(Locked(Mutex::new(stream))),
    }
}

/// The bare socket: any sender may write through a shared reference.
impl Transport for TcpStream {
    fn poll_read(&self, task: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.poll_read_ready(task))?;
            match self.try_read(buffer) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    fn poll_write(&self, task: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.poll_write_ready(task))?;
            match Transport::try_write(self, bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                result => return Poll::Ready(result),
            }
        }
    }

    fn try_write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        match bytes {
            [one] => TcpStream::try_write(self, one),
            many => self.try_write_vectored(many),
        }
    }

    fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(socket2::SockRef::from(self).shutdown(std::net::Shutdown::Write))
    }
}

/// A socket of which the HTTP layer has read more than the request.
struct ReadAhead {
    stream: TcpStream,
    unread: Mutex<Bytes>,
}

impl Transport for ReadAhead {
    fn poll_read(&self, task: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut unread = lock(&self.unread);
        if unread.is_empty() {
            drop(unread);
            return Transport::poll_read(&self.stream, task, buffer);
        }
        let count = unread.len().min(buffer.len());
        unread.copy_to_slice(&mut buffer[..count]);
        Poll::Ready(Ok(count))
    }

    fn poll_write(&self, task: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Transport::poll_write(&self.stream, task, bytes)
    }

    fn try_write(&self, bytes: &[IoSlice<'_>]) -> io::Result<usize> {
        Transport::try_write(&self.stream, bytes)
    }

    fn poll_shutdown(&self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Transport::poll_shutdown(&self.stream, task)
    }
}

/// Any other stream, such as one under TLS. Only the connection's task writes to it.
struct Locked(Mutex<TokioIo<hyper::upgrade::Upgraded>>);

impl Transport for Locked {
    fn poll_read(&self, task: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        let mut buffer = ReadBuf::new(buffer);
        ready!(Pin::new(&mut *lock(&self.0)).poll_read(task, &mut buffer))?;
        Poll::Ready(Ok(buffer.filled().len()))
    }

    fn poll_write(&self, task: &mut Context<'_>, bytes: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let mut stream = lock(&self.0);
        let written = ready!(Pin::new(&mut *stream).poll_write_vectored(task, bytes))?;
        // Layers such as TLS keep what they were given until they are flushed.
        let _ = Pin::new(&mut *stream).poll_flush(task)?;
        Poll::Ready(Ok(written))
    }

    fn try_write(&self, _: &[IoSlice<'_>]) -> io::Result<usize> {
        Err(ErrorKind::WouldBlock.into())
    }

    fn poll_shutdown(&self, task: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *lock(&self.0)).poll_shutdown(task)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
