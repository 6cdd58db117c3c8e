//! One HTTP connection, from its first byte until it ends or is upgraded.

use super::Options;
use super::body::TimedBody;
use super::streams::{self, Streams};
use super::tls::Tls;
use super::version::{self, Version};
use crate::server::activity::{Activity, Request as Served, ResponseBody, deadline};
use crate::server::drain::{Carrier, Connection, Drain, DrainGuard, Server};
use crate::server::relay::ConnectionTask;
use crate::server::tasks::Tasks;
use crate::telemetry::targets;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::IntoResponse as _;
use http::{Request, Response, StatusCode};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::TokioTimer;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout, timeout_at};
use tower_service::Service as _;

/// What all connections of a server have in common.
pub(super) struct Http {
    http1: http1::Builder,
    http2: http2::Builder<Streams>,
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
            http1: http1_builder(),
            http2: http2_builder(server.tasks.clone()),
            app,
            tls,
            options,
            server,
        }
    }

    pub(super) fn tasks(&self) -> &Tasks {
        &self.server.tasks
    }

    /// Serves requests until the client leaves, dawdles, or the server shuts down. A connection that
    /// was upgraded goes on with what is returned.
    pub(super) async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        slot: OwnedSemaphorePermit,
    ) -> Option<ConnectionTask> {
        let first_request = deadline(Instant::now(), self.options.header_read_timeout);
        let this = Connection::new(slot);
        let Some(tls) = &self.tls else {
            // The stream stays a bare `TcpStream`, so that an upgrade can take it back.
            return self.serve_on(stream, peer, &this, first_request).await;
        };
        let mut guard = Drain::new(&self.server, &this, Arc::default()).guard();
        let secured = tokio::select! {
            secured = timeout_at(first_request, tls.accept(stream)) => secured,
            () = guard.signalled() => return None,
        };
        drop(guard);
        match secured {
            Ok(Ok(stream)) => return self.serve_on(stream, peer, &this, first_request).await,
            Ok(Err(error)) => {
                tracing::debug!(target: targets::SERVER, %peer, %error, "the TLS handshake failed");
            }
            Err(_) => {
                tracing::debug!(target: targets::SERVER, %peer, "the TLS handshake took too long");
            }
        }
        None
    }

    /// Serves what carries HTTP.
    async fn serve_on<S>(
        &self,
        stream: S,
        peer: SocketAddr,
        this: &Connection,
        first_request: Instant,
    ) -> Option<ConnectionTask>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let activity = this.activity();
        let carrier = Arc::<Carrier>::default();
        let drain = Drain::new(&self.server, this, Arc::clone(&carrier));
        let mut guard = drain.guard();
        let exhausted = pin!(activity.exhausted(first_request, self.options.keep_alive_timeout));
        let mut end = End {
            exhausted,
            guard: &mut guard,
            carrier: &carrier,
        };
        let first = tokio::select! {
            first = version::read(stream) => first,
            _ = end.wait() => None,
        };
        // Without a request there is nothing to say: what came was no head, or too little of one.
        let (version, io) = first?;
        let service = service_fn(|request| {
            // Of an upgrade that did not come about.
            drop(carrier.take_opening());
            self.call(request, peer, drain.clone(), activity.begin())
        });
        let served = match version {
            Version::Http1 => {
                let connection = self.http1.serve_connection(io, service).with_upgrades();
                let shut_down = http1::UpgradeableConnection::graceful_shutdown;
                serve_until(end, connection, shut_down, activity).await
            }
            Version::Http2 => {
                let connection = self.http2.serve_connection(io, service);
                let shut_down = http2::Connection::graceful_shutdown;
                Box::pin(serve_until(end, connection, shut_down, activity)).await
            }
        };
        // However it ended, it concerns that one client.
        if let Err(error) = served {
            tracing::debug!(target: targets::SERVER, %peer, %error, "the connection ended with an error");
        }
        drop(guard);
        match carrier.take_opening() {
            Some(opening) => opening.await,
            None => None,
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
            parts.extensions.insert(drain.on_stream(streams::current()));
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

/// What ends an HTTP connection, if its client does not.
struct End<'a, E> {
    /// It is of no use any more.
    exhausted: Pin<&'a mut E>,
    guard: &'a mut DrainGuard,
    carrier: &'a Carrier,
}

/// How it is to end.
enum Ending {
    Gracefully,
    AtOnce,
}

impl<E: Future<Output = ()>> End<'_, E> {
    async fn wait(&mut self) -> Ending {
        tokio::select! {
            () = &mut self.exhausted => Ending::Gracefully,
            () = self.guard.signalled() => Ending::Gracefully,
            () = self.carrier.made_to_end() => Ending::AtOnce,
        }
    }
}

/// Serves a connection until it ends or is to be ended.
async fn serve_until<C: Future<Output = hyper::Result<()>>>(
    mut end: End<'_, impl Future<Output = ()>>,
    connection: C,
    shut_down: fn(Pin<&mut C>),
    activity: &Activity,
) -> hyper::Result<()> {
    // For an idle connection's goodbye, or the rest of a response that is on its way.
    const LINGER: Duration = Duration::from_secs(1);
    let mut connection = pin!(connection);
    tokio::select! {
        end = connection.as_mut() => return end,
        ending = end.wait() => if let Ending::AtOnce = ending { return Ok(()) },
    }
    shut_down(connection.as_mut());
    tokio::select! {
        end = connection.as_mut() => return end,
        () = activity.idle_for(Duration::ZERO) => {}
        () = end.carrier.made_to_end() => return Ok(()),
    }
    if activity.has_begun() {
        timeout(LINGER, connection).await.unwrap_or(Ok(()))
    } else {
        Ok(())
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

/// Settings of HTTP/1.1 for clients that are not trusted. The deadlines are ours.
fn http1_builder() -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.header_read_timeout(None).max_buf_size(64 * 1024);
    builder
}

/// The same of HTTP/2.
///
/// What else a client could flood a connection with is bounded by h2 itself: it answers SETTINGS and
/// PING before it reads on, takes 5 CONTINUATION frames for one head, 100 DATA frames without data
/// in a connection's life, and no more unread DATA frames of a few bytes than the windows allow in
/// large ones. Beyond that it ends the connection with GOAWAY.
fn http2_builder(tasks: Tasks) -> http2::Builder<Streams> {
    let mut builder = http2::Builder::new(Streams(tasks));
    builder
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
