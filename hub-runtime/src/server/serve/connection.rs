//! One HTTP connection, from its first byte until it ends or is upgraded.

use super::Options;

use super::body::TimedBody;
use crate::server::activity::{Activity, Request as Served, ResponseBody, deadline};
use crate::server::drain::{Connection, Drain, Server};
use crate::server::tasks::Tasks;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use http::{Request, Response};
use hyper::body::{Body as _, Incoming};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout};
use tower_service::Service as _;

/// What all connections of a server have in common.
pub(super) struct Http {
    builder: Builder<Tasks>,
    app: Router,
    options: Options,
    server: Arc<Server>,
}

impl Http {
    pub(super) fn new(app: Router, options: Options, server: Arc<Server>) -> Self {
        Self {
            builder: builder(server.tasks.clone()),
            app,
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
        // For an idle connection's goodbye, or the rest of a response that is on its way.
        const LINGER: Duration = Duration::from_secs(1);
        let activity = Activity::new();
        let this = Connection::new(slot);
        let drain = Drain::new(&self.server, &this);
        let guard = drain.guard();
        let service =
            service_fn(|request| self.call(request, peer, drain.clone(), activity.begin()));
        let Options {
            header_read_timeout,
            keep_alive_timeout,
            ..
        } = self.options;
        // The stream stays a bare `TcpStream`, so that an upgrade can take it back.
        let mut connection = pin!(
            self.builder
                .serve_connection_with_upgrades(TokioIo::new(stream), service)
        );
        tokio::select! {
            end = connection.as_mut() => return log_end(peer, end),
            () = activity.exhausted(header_read_timeout, keep_alive_timeout) => {}
            () = guard.signalled() => {}
            () = this.cut() => return,
        }
        connection.as_mut().graceful_shutdown();
        tokio::select! {
            end = connection.as_mut() => return log_end(peer, end),
            () = activity.idle_for(Duration::ZERO) => {}
            () = this.cut() => return,
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
        parts.extensions.insert(ConnectInfo(peer));
        parts.extensions.insert(drain);
        let body = if body.is_end_stream() {
            Body::empty()
        } else {
            Body::new(TimedBody::new(
                body,
                deadline(Instant::now(), self.options.request_body_timeout),
            ))
        };
        // A router is always ready.
        let response = self.app.clone().call(Request::from_parts(parts, body));
        async move {
            Ok(response.await?.map(|body| ResponseBody {
                body,
                _request: served,
            }))
        }
    }
}

/// HTTP settings for clients that are not trusted.
fn builder(tasks: Tasks) -> Builder<Tasks> {
    let mut builder = Builder::new(tasks);
    // The deadline for heads is ours: hyper's does not cover the first bytes, which tell HTTP/1.1
    // from HTTP/2.
    builder
        .http1()
        .header_read_timeout(None)
        .max_buf_size(64 * 1024);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(100)
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
