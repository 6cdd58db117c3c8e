//! Accepting sockets: no more than there is room for, and without spinning when the system has run
//! dry.

use crate::telemetry::targets;
use socket2::SockRef;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long to wait when no file descriptor, or no memory, is left. The pending connection stays
/// pending and would be reported again at once.
const BACK_OFF: Duration = Duration::from_millis(250);

#[derive(Debug)]
pub(super) struct Acceptor {
    listener: TcpListener,
    /// The connections there is room for.
    slots: Arc<Semaphore>,
    /// Whether sockets have the listener's `TCP_NODELAY` when they come, as they do on Linux. Those that
    /// came before it was set have not, but they are accepted first.
    is_inherited: AtomicBool,
}

impl Acceptor {
    pub(super) fn new(listener: TcpListener, max_connections: usize) -> Self {
        let slots = max_connections.clamp(1, Semaphore::MAX_PERMITS);
        // Saves a system call for each connection. Where it fails, each is asked by itself.
        let _ = SockRef::from(&listener).set_tcp_nodelay(true);
        Self {
            listener,
            slots: Arc::new(Semaphore::new(slots)),
            is_inherited: AtomicBool::new(false),
        }
    }

    /// Has small messages leave at once. Without it every second one waits 40 ms for an
    /// acknowledgement.
    fn hurry(&self, stream: &TcpStream) -> io::Result<()> {
        if self.is_inherited.load(Ordering::Relaxed) {
            return Ok(());
        }
        if cfg!(target_os = "linux") && stream.nodelay()? {
            self.is_inherited.store(true, Ordering::Relaxed);
            return Ok(());
        }
        stream.set_nodelay(true)
    }

    /// The next connection, once there is room for it. Connections beyond that stay in the system's
    /// backlog.
    pub(super) async fn accept(&self) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
        let slot = Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        loop {
            match self.listener.accept().await {
                Ok((stream, peer)) => {
                    if let Err(error) = self.hurry(&stream) {
                        tracing::debug!(target: targets::SERVER, %error, "TCP_NODELAY cannot be set");
                    }
                    return (stream, peer, slot);
                }
                Err(error) if concerns_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(target: targets::SERVER, %error, "no connection can be accepted for now");
                    tokio::time::sleep(BACK_OFF).await;
                }
            }
        }
    }
}

/// Whether the error is that of a peer who left before it was accepted.
fn concerns_one_connection(error: &io::Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn accepts_what_there_is_room_for() {
        let acceptor = Acceptor::new(TcpListener::bind("127.0.0.1:0").await.unwrap(), 1);
        let address = acceptor.listener.local_addr().unwrap();
        let (_one, _two) = (
            TcpStream::connect(address).await.unwrap(),
            TcpStream::connect(address).await.unwrap(),
        );
        let (stream, _, slot) = acceptor.accept().await;
        assert!(stream.nodelay().unwrap());
        assert!(acceptor.accept().now_or_never().is_none());
        drop(slot);
        let _next = acceptor.accept().await;
    }

    #[tokio::test]
    async fn those_who_came_before_the_server_ran_are_served_without_delay_too() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut clients = vec![TcpStream::connect(address).await.unwrap()];
        let acceptor = Acceptor::new(listener, 10);
        for _ in 0..3 {
            let (stream, ..) = acceptor.accept().await;
            assert!(stream.nodelay().unwrap());
            clients.push(TcpStream::connect(address).await.unwrap());
        }
    }

    #[tokio::test]
    async fn any_limit_will_do() {
        for limit in [0, usize::MAX] {
            let acceptor = Acceptor::new(TcpListener::bind("127.0.0.1:0").await.unwrap(), limit);
            let _client = TcpStream::connect(acceptor.listener.local_addr().unwrap())
                .await
                .unwrap();
            let _accepted = acceptor.accept().await;
        }
    }

    #[test]
    fn errors() {
        #[track_caller]
        fn check(kind: ErrorKind, expected: bool) {
            assert_eq!(concerns_one_connection(&kind.into()), expected);
        }
        check(ErrorKind::ConnectionAborted, true);
        check(ErrorKind::ConnectionReset, true);
        check(ErrorKind::OutOfMemory, false);
        // EMFILE: too many open files.
        assert!(!concerns_one_connection(&io::Error::from_raw_os_error(24)));
    }
}
