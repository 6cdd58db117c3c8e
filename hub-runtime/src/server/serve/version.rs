//! Which version of HTTP a connection speaks: its first bytes say so.

use crate::server::read_ahead::ReadAhead;
use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};

/// What a client of HTTP/2 begins with (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// What one read takes at most: enough for usual heads, so that they cost one system call.
const READ: usize = 4096;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Http1,
    Http2,
}

/// Reads until the version is clear. `None` if the client leaves before.
pub(super) async fn read<S: AsyncRead + Unpin>(mut stream: S) -> Option<(Version, ReadAhead<S>)> {
    let mut first = Vec::new();
    loop {
        let count = poll_fn(|task| poll_read(&mut stream, &mut first, task)).await;
        if count.ok()? == 0 {
            return None;
        }
        if let Some(version) = version(&first) {
            return Some((version, ReadAhead::new(first.into(), stream)));
        }
    }
}

fn poll_read(
    stream: &mut (impl AsyncRead + Unpin),
    first: &mut Vec<u8>,
    task: &mut Context<'_>,
) -> Poll<io::Result<usize>> {
    // Not kept while there is nothing to read.
    let mut buffer = [MaybeUninit::uninit(); READ];
    let mut buffer = ReadBuf::uninit(&mut buffer);
    ready!(Pin::new(stream).poll_read(task, &mut buffer))?;
    first.extend_from_slice(buffer.filled());
    Poll::Ready(Ok(buffer.filled().len()))
}

fn version(first: &[u8]) -> Option<Version> {
    if first.starts_with(PREFACE) {
        Some(Version::Http2)
    } else if PREFACE.starts_with(first) {
        None
    } else {
        Some(Version::Http1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;
    use tokio::io::AsyncWriteExt as _;

    #[test]
    fn the_first_bytes_tell() {
        assert_eq!(version(b"G"), Some(Version::Http1));
        assert_eq!(version(b"PROPFIND / HTTP/1.1\r\n"), Some(Version::Http1));
        assert_eq!(version(b"PRI * HTTP/2.0\r\n\r\nXX"), Some(Version::Http1));
        assert_eq!(version(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r"), None);
        assert_eq!(version(PREFACE), Some(Version::Http2));
        let more = [PREFACE, b"\0\0\0"].concat();
        assert_eq!(version(&more), Some(Version::Http2));
    }

    #[tokio::test]
    async fn they_may_dribble() {
        let (mut client, server) = tokio::io::duplex(64);
        let mut reading = Box::pin(read(server));
        for byte in PREFACE {
            assert!((&mut reading).now_or_never().is_none());
            client.write_all(&[*byte]).await.unwrap();
        }
        let (version, _) = reading.await.unwrap();
        assert_eq!(version, Version::Http2);
    }

    #[tokio::test]
    async fn a_client_may_leave() {
        let (mut client, server) = tokio::io::duplex(64);
        client.write_all(b"PRI").await.unwrap();
        drop(client);
        assert!(read(server).await.is_none());
    }
}
