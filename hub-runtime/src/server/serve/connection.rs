//! One HTTP connection, from its first byte until it ends or is upgraded.

use super::Options;
use super::body::TimedBody;
use super::streams::{self, Streams};
use super::tls::Tls;
use crate::server::activity::{Request as Served, ResponseBody, deadline};
use crate::server::drain::{Connection, Cut, Drain, Server};
use crate::server::tasks::Tasks;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::IntoResponse as _;
use http::{Request, Response, StatusCode};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};
use tower_service::Service as _;

/// What all connections of a server have in common.
pub(super) struct Http {
    builder: Builder<Streams>,
    app: Router,
    tls: Option<Tls>,
    options: Options,
    server: Arc<Server>,
}

impl Http {
    pub(super) fn new(
        app: Router,
        tls: Option<Tls>,
        options: Options,
        server: Arc<Server>,
    ) -> Self {
        Self {
            builder: builder(server.tasks.clone()),
            app,
            tls,
            options,
            server,
        }
    }

    pub(super) fn tasks(&self) -> &Tasks {
        &self.server.tasks
    }

    /// Serves requests until the client leaves, dawdles, or the server shuts down.
    pub(super) async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        slot: OwnedSemaphorePermit,
    ) {
        let first_request = deadline(Instant::now(), self.options.header_read_timeout);
        let this = Connection::new(slot);
        let Some(tls) = &self.tls else {
            // The stream stays a bare `TcpStream`, so that an upgrade can take it back.
            return self.serve_on(stream, peer, &this, first_request).await;
        };
        let cut = Arc::new(Cut::default());
        let mut guard = Drain::new(&self.server, &this, cut).guard();
        let secured = tokio::select! {
            secured = timeout_at(first_request, tls.accept(stream)) => secured,
            () = guard.signalled() => return,
        };
        drop(guard);
        match secured {
            Ok(Ok(stream)) => self.serve_on(stream, peer, &this, first_request).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "the TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "the TLS handshake took too long"),
        }
    }

    /// Serves what carries HTTP.
    async fn serve_on<S>(
        &self,
        stream: S,
        peer: SocketAddr,
        this: &Connection,
        first_request: Instant,
    ) where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        // For an idle connection's goodbye, or the rest of a response that is on its way.
        const LINGER: Duration = Duration::from_secs(1);
        let activity = this.activity();
        let cut = Arc::new(Cut::default());
        let drain = Drain::new(&self.server, this, Arc::clone(&cut));
        let mut guard = drain.guard();
        let service =
            service_fn(|request| self.call(request, peer, drain.clone(), activity.begin()));
        let mut connection = pin!(
            self.builder
                .serve_connection_with_upgrades(TokioIo::new(stream), service)
        );
        tokio::select! {
            end = connection.as_mut() => return log_end(peer, end),
            () = activity.exhausted(first_request, self.options.keep_alive_timeout) => {}
            () = guard.signalled() => {}
            () = cut.made() => return,
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            end = connection.as_mut() => return log_end(peer, end),
            () = activity.idle_for(Duration::ZERO) => {}
            () = cut.made() => return,
        }
        // Without a request there is nothing to say: what came was no head, or too little of one.
        if activity.has_begun()
            && let Ok(end) = timeout(LINGER, connection).await
        {
            log_end(peer, end);
        }
    }

    fn call(
        &self,
        request: Request<Incoming>,
        peer: SocketAddr,
        drain: Drain,
        served: Served,
    ) -> impl Future<Output = Result<Response<ResponseBody>, Infallible>> + use<> {
        let (mut parts, body) = request.into_parts();
        let body = if body.is_end_stream() {
            Body::empty()
        } else {
            Body::new(TimedBody::new(
                body,
                deadline(Instant::now(), self.options.request_body_timeout),
            ))
        };
        let mut app = self.app.clone();
        let is_crowded = served.count() > CROWD;
        async move {
            parts.extensions.insert(ConnectInfo(peer));
            // Asked here, where HTTP/2 runs the stream's own task.
            parts.extensions.insert(drain.cut_by(streams::current()));
            let response = if is_crowded {
                StatusCode::SERVICE_UNAVAILABLE.into_response()
            } else {
                // A router is always ready.
                app.call(Request::from_parts(parts, body)).await?
            };
            Ok(response.map(|body| ResponseBody {
                body,
                _request: served,
            }))
        }
    }
}

/// Streams at once in one HTTP/2 connection, WebSockets among them. The figure is Kestrel's.
const STREAMS: u32 = 100;
/// Requests at once in one connection, where a WebSocket counts as one until its stream has ended, and
/// as another until its connection has. A stream that is reset is none for h2 at once, so that a
/// client could have ever more connections that have not ended yet.
const CROWD: usize = 3 * STREAMS as usize;
/// What a client may send on one stream ahead of who reads it.
const STREAM_WINDOW: u32 = 128 * 1024;

/// HTTP settings for clients that are not trusted.
///
/// What else a client could flood a connection with is bounded by h2 itself: it answers SETTINGS and
/// PING before it reads on, takes 5 CONTINUATION frames for one head, 100 DATA frames without data
/// in a connection's life, and no more unread DATA frames of a few bytes than the windows allow in
/// large ones. Beyond that it ends the connection with GOAWAY.
fn builder(tasks: Tasks) -> Builder<Streams> {
    let mut builder = Builder::new(Streams(tasks));
    // The deadline for heads is ours: hyper's does not cover the first bytes, which tell HTTP/1.1
    // from HTTP/2.
    builder
        .http1()
        .header_read_timeout(None)
        .max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        // WebSockets (RFC 8441).
        .enable_connect_protocol()
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(STREAM_WINDOW)
        // All windows together: a stream that nobody reads must not stop the others.
        .initial_connection_window_size(STREAMS * STREAM_WINDOW)
        .max_header_list_size(16 * 1024)
        // Beyond these numbers of streams that are opened only to be reset, the connection is ended
        // with GOAWAY.
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(100)
        // Finds peers that vanished without a word.
        .keep_alive_interval(Duration::from_secs(20))
        .keep_alive_timeout(Duration::from_secs(10));
    builder
}

/// However it ended, it concerns that one client.
fn log_end(peer: SocketAddr, end: Result<(), axum::BoxError>) {
    if let Err(error) = end {
        tracing::debug!(%peer, error, "the connection ended with an error");
    }
}
