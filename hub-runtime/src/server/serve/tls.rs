//! What stands between a socket and HTTP, if something does.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// A socket behind its handshake.
pub(super) type Secured = Box<dyn Stream>;

/// Both directions of a connection.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// Shakes hands on a socket.
#[derive(Clone)]
pub(super) struct Tls(Arc<Accept>);

type Accept = dyn Fn(TcpStream) -> Accepting + Send + Sync;
type Accepting = Pin<Box<dyn Future<Output = io::Result<Secured>> + Send>>;

impl Tls {
    pub(super) fn new<F, A, S>(accept: F) -> Self
    where
        F: Fn(TcpStream) -> A + Send + Sync + 'static,
        A: Future<Output = io::Result<S>> + Send + 'static,
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        Self(Arc::new(move |stream| {
            let accepting = accept(stream);
            Box::pin(async { Ok(Box::new(accepting.await?) as Secured) })
        }))
    }

    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<Secured> {
        (self.0)(stream).await
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}
