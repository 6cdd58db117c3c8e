//! Listening: an accept loop with the deadlines, the limits and the shutdown that `axum::serve`
//! leaves out.

mod accept;
mod body;
mod connection;
mod streams;
mod tls;
mod version;

use self::accept::Acceptor;
use self::connection::Http;
use self::tls::Tls;
use super::drain::Server;
use super::relay::Relay;
use super::tasks::Tasks;
use crate::telemetry::targets;
use axum::Router;
use std::convert::Infallible;
use std::future::pending;
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

/// Serves `app` on `listener`, over HTTP/1.1 and HTTP/2: a stand-in for `axum::serve` that is fit
/// for the open network.
///
/// Beyond what `axum::serve` does,
///
/// - small messages leave at once (`TCP_NODELAY`),
/// - clients that dawdle are cut: over a request's head, over its body, between two requests,
/// - the number of connections is bounded, and running out of file descriptors is survived,
/// - a graceful shutdown includes upgraded hub connections and ends in bounded time,
/// - each request carries its peer's address as `axum::extract::ConnectInfo<SocketAddr>`.
///
/// It is run by awaiting it, and returns only after a shutdown (see
/// [`Serve::with_graceful_shutdown`]).
///
/// ```no_run
/// # async fn run() -> std::io::Result<()> {
/// use axum::{Router, routing::get};
///
/// let app = Router::new().route("/", get(|| async { "Hello" }));
/// let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
/// let signal = async { /* until the process is told to end */ };
/// hub_runtime::serve(listener, app).with_graceful_shutdown(signal).await
/// # }
/// ```
pub fn serve(listener: TcpListener, app: Router) -> Serve {
    Serve {
        listener,
        app,
        tls: None,
        options: Options::default(),
        shutdown: None,
    }
}

/// A server that is about to run: returned by [`serve`], configured by its methods, run by
/// `.await`.
///
/// Dropping the running future ends all connections at once.
#[must_use = "a server does nothing unless it is awaited"]
pub struct Serve {
    listener: TcpListener,
    app: Router,
    tls: Option<Tls>,
    options: Options,
    shutdown: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

#[derive(Clone, Copy, Debug)]
struct Options {
    header_read_timeout: Duration,
    request_body_timeout: Duration,
    keep_alive_timeout: Duration,
    drain_window: Duration,
    drain_timeout: Duration,
    max_connections: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            header_read_timeout: Duration::from_secs(10),
            request_body_timeout: Duration::from_secs(30),
            keep_alive_timeout: Duration::from_secs(75),
            drain_window: Duration::ZERO,
            drain_timeout: Duration::from_secs(9),
            max_connections: 65_536,
        }
    }
}

impl Serve {
    /// Shuts the server down when `signal` completes: it stops listening, lets running requests
    /// finish, tells hub connections to close, all at once or over the [drain
    /// window](Self::drain_window), and at most the [drain timeout](Self::drain_timeout) after that
    /// returns.
    ///
    /// Without it the server runs for ever.
    pub fn with_graceful_shutdown(
        mut self,
        signal: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        self.shutdown = Some(Box::pin(signal));
        self
    }

    /// Serves over TLS: `accept` shakes hands on each connection that comes.
    ///
    /// Which library does that is the caller's choice; the one in this example is tokio-rustls. The
    /// handshake runs in the connection's own task and keeps nobody else waiting. It has the [time
    /// of a request's head](Self::header_read_timeout), and one that fails ends its connection with
    /// a line in the log at level `DEBUG`.
    ///
    /// ```no_run
    /// # async fn run(config: tokio_rustls::rustls::ServerConfig, app: axum::Router) -> std::io::Result<()> {
    /// use std::sync::Arc;
    /// use tokio_rustls::TlsAcceptor;
    ///
    /// let acceptor = TlsAcceptor::from(Arc::new(config));
    /// let listener = tokio::net::TcpListener::bind("127.0.0.1:3443").await?;
    /// hub_runtime::serve(listener, app).with_tls(move |stream| acceptor.accept(stream)).await
    /// # }
    /// ```
    ///
    /// The guide says how a configuration is made (`guide::serving`).
    pub fn with_tls<F, A, S>(mut self, accept: F) -> Self
    where
        F: Fn(TcpStream) -> A + Send + Sync + 'static,
        A: Future<Output = io::Result<S>> + Send + 'static,
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        self.tls = Some(Tls::new(accept));
        self
    }

    /// How long a client may take from connecting until its first request's head is complete, a
    /// handshake of TLS included. Default: 10 seconds.
    pub fn header_read_timeout(mut self, timeout: Duration) -> Self {
        self.options.header_read_timeout = timeout;
        self
    }

    /// How long a request's whole body may take, from the end of its head. Receiving something does
    /// not extend it; after it reading the body fails, and the connection is closed behind the
    /// response. Default: 30 seconds.
    ///
    /// Raise it for large uploads over slow lines.
    pub fn request_body_timeout(mut self, timeout: Duration) -> Self {
        self.options.request_body_timeout = timeout;
        self
    }

    /// How long a connection is kept without a request being served on it, from the end of a
    /// response until the next request's head is complete. Default: 75 seconds, which is longer
    /// than usual proxies keep theirs, so that they never send a request into a connection that is
    /// being closed. A WebSocket that shares a connection of HTTP/2 counts as a request.
    pub fn keep_alive_timeout(mut self, timeout: Duration) -> Self {
        self.options.keep_alive_timeout = timeout;
        self
    }

    /// How many connections are served at once, upgraded ones included. Further ones wait in the
    /// system's backlog, and are accepted as others end. At least 1. Default: 65 536.
    ///
    /// In HTTP/2 a connection counts once, whatever it carries: at most 100 requests and WebSockets
    /// at a time.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.options.max_connections = connections;
        self
    }

    /// Over which time a graceful shutdown tells the WebSockets of hubs to close. Their clients come
    /// back to the other servers spread evenly over it instead of all at once; until its turn each
    /// goes on as ever. New clients are refused from the start. Event streams and polling connections
    /// are told at once, since they need new requests.
    ///
    /// Default: zero. A server that is alone has nobody to spare, and the window comes before the
    /// [drain timeout](Self::drain_timeout): the two together have to fit into the time that the
    /// process is given. With a rolling restart of several servers, choose it such that the
    /// connections of one, divided by its seconds, are what another can take in a second.
    pub fn drain_window(mut self, window: Duration) -> Self {
        self.options.drain_window = window;
        self
    }

    /// How long a graceful shutdown waits for requests and hub connections, once all have been told,
    /// before it aborts them. No `on_disconnected` runs for connections that are aborted: leave room
    /// for twice the hubs' grace period. Default: 9 seconds, with which the process is gone within
    /// the 10 that it is usually given.
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.options.drain_timeout = timeout;
        self
    }

    async fn run(self) {
        let shutdown = self.shutdown.unwrap_or_else(|| Box::pin(pending()));
        let server = Running(Arc::new(Server::new(Tasks::default())));
        let acceptor = Acceptor::new(self.listener, self.options.max_connections);
        let owner = Arc::clone(&server.0);
        let http = Arc::new(Http::new(self.app, self.tls, self.options, owner));
        let mut accepting = Accepting::start(acceptor, http);
        tokio::select! {
            biased;
            () = shutdown => {}
            never = accepting.panicked() => match never {},
        }
        accepting.end().await;
        server.drain(&self.options).await;
    }
}

/// The task that accepts connections.
///
/// On a worker of the runtime, where connections run: from the thread that waits for the server,
/// each of them would be two wake-ups across threads.
struct Accepting(JoinHandle<()>);

impl Accepting {
    fn start(acceptor: Acceptor, http: Arc<Http>) -> Self {
        Self(tokio::spawn(async move {
            match accept_connections(&acceptor, &http).await {}
        }))
    }

    /// Goes on with a panic, which is all that ends the task by itself.
    async fn panicked(&mut self) -> Infallible {
        match (&mut self.0).await {
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            // The runtime is shutting down.
            _ => pending().await,
        }
    }

    /// Closes the listener.
    async fn end(mut self) {
        self.0.abort();
        // It was aborted, which is no news.
        let _ = (&mut self.0).await;
    }
}

impl Drop for Accepting {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn accept_connections(acceptor: &Acceptor, http: &Arc<Http>) -> Infallible {
    loop {
        let (stream, peer, slot) = acceptor.accept().await;
        let http = Arc::clone(http);
        let tasks = http.tasks().clone();
        tasks.spawn(Relay::First(Box::pin(http.serve(stream, peer, slot))));
    }
}

/// Ends what is left of the server when its future is dropped.
struct Running(Arc<Server>);

impl Running {
    async fn drain(self, options: &Options) {
        let (start, window) = (Instant::now(), options.drain_window);
        let (tasks, upgraded) = self.left();
        tracing::info!(target: targets::SERVER, tasks, upgraded, ?window, "the server shuts down: no new connections are taken");
        let drained = async {
            let mut drained = pin!(self.0.drained());
            tokio::select! {
                () = &mut drained => return true,
                () = self.0.start_draining(window) => {}
            }
            timeout(options.drain_timeout, drained).await.is_ok()
        };
        if !drained.await {
            self.abort().await;
        }
        tracing::info!(target: targets::SERVER, elapsed = ?start.elapsed(), "the server has shut down");
    }

    async fn abort(&self) {
        // Long enough for a task to be dropped, and no longer for one that blocks its thread.
        const ABORT: Duration = Duration::from_secs(1);
        let (tasks, upgraded) = self.left();
        tracing::warn!(
            target: targets::SERVER,
            tasks,
            upgraded,
            "the drain timeout is over: what is left is aborted"
        );
        self.0.tasks.abort_all();
        let _ = timeout(ABORT, self.0.tasks.finished()).await;
    }

    /// How much has not ended.
    fn left(&self) -> (usize, usize) {
        (self.0.tasks.len(), self.0.guards())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.tasks.abort_all();
    }
}

impl IntoFuture for Serve {
    type Output = io::Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

    /// Runs the server. It does not fail at present: a listener's errors are waited out.
    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async {
            self.run().await;
            Ok(())
        })
    }
}

impl fmt::Debug for Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            listener,
            app,
            tls,
            options,
            shutdown: _,
        } = self;
        f.debug_struct("Serve")
            .field("listener", listener)
            .field("app", app)
            .field("tls", tls)
            .field("options", options)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
