//! One call, as log, spans and metrics tell of it.

use super::metrics::{CallEnd, MeteredCall};
use super::remote;
use super::targets;
use super::trace_parent::TraceParent;
use crate::dispatch::error_text::short;
use crate::driver::Connection;
use hub_core::HubError;
use hub_core::call::Outcome;
use hub_core::protocol::Invocation;
use smol_str::SmolStr;
use std::pin::Pin;
use std::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument as _, Level, Span};

/// What is kept of a call until it has ended. Nothing, unless somebody looks.
pub(crate) struct CallRecord {
    traced: Option<Box<Traced>>,
    metered: MeteredCall,
}

struct Traced {
    span: Span,
    /// The client's spelling.
    method: SmolStr,
    /// Since when it runs; until its turn, since when it waits.
    since: Instant,
}

impl CallRecord {
    #[inline]
    pub(crate) fn begin(connection: &Connection, invocation: &Invocation<'_>) -> Self {
        Self {
            traced: is_watched().then(|| Box::new(Traced::begin(connection, invocation))),
            metered: MeteredCall::begin(connection.hub(), &invocation.target),
        }
    }

    /// It waits for its turn.
    pub(crate) fn waits(&mut self) {
        self.metered.waits();
    }

    /// It is its turn.
    #[inline]
    pub(crate) fn starts(&mut self) {
        if let Some(traced) = &mut self.traced {
            traced.since = Instant::now();
        }
        self.metered.starts();
    }

    /// It has not ended at once.
    pub(crate) fn goes_on(&mut self) {
        self.metered.goes_on();
    }

    /// What it is polled in.
    #[inline]
    pub(crate) fn span(&self) -> Option<Box<Span>> {
        let traced = self.traced.as_ref()?;
        (!traced.span.is_disabled()).then(|| Box::new(traced.span.clone()))
    }

    /// It has ended, `None` being cancelled.
    #[inline]
    pub(crate) fn ends(mut self, connection: &Connection, outcome: Option<&Outcome>) {
        let end = match outcome {
            None => CallEnd::Cancelled,
            Some(Outcome::Failed(error) | Outcome::StreamFailed(error)) => error_end(error),
            Some(Outcome::Refused(_)) => CallEnd::Refused,
            Some(_) => CallEnd::Ok,
        };
        self.metered.ends(end);
        if let Some(traced) = self.traced {
            traced.end(connection, end, outcome);
        }
    }
}

fn error_end(error: &HubError) -> CallEnd {
    if error.name() == "OperationCanceledException" {
        CallEnd::Cancelled
    } else {
        CallEnd::Error
    }
}

/// Whether anybody looks at calls: one look at the process's highest level where nobody does.
#[inline]
fn is_watched() -> bool {
    tracing::span_enabled!(target: targets::SPANS, Level::DEBUG)
        || tracing::event_enabled!(target: targets::DISPATCH, Level::DEBUG)
}

impl Traced {
    #[inline(never)]
    fn begin(connection: &Connection, invocation: &Invocation<'_>) -> Self {
        let who = connection.who();
        let method = short(&invocation.target);
        tracing::trace!(
            target: targets::DISPATCH,
            hub = who.hub,
            method,
            connection_id = %who.id,
            bytes = invocation.arguments.bytes().len(),
            streaming = invocation.streaming,
            "a call was received"
        );
        let span = span(connection, method);
        if !span.is_disabled() {
            adopt(&span, invocation);
        }
        Self {
            span,
            method: method.into(),
            since: Instant::now(),
        }
    }

    #[inline(never)]
    fn end(self, connection: &Connection, end: CallEnd, outcome: Option<&Outcome>) {
        let error = match outcome {
            Some(Outcome::Failed(error) | Outcome::StreamFailed(error)) => Some(error.name()),
            Some(Outcome::Refused(_)) => Some(end.label()),
            _ => None,
        };
        if let Some(error) = error {
            self.span.record("error.type", error);
            self.span.record("otel.status_code", "ERROR");
        }
        let who = connection.who();
        let duration = self.since.elapsed().as_micros();
        tracing::debug!(
            target: targets::DISPATCH,
            parent: &self.span,
            hub = who.hub,
            method = &*self.method,
            connection_id = %who.id,
            outcome = end.label(),
            duration_us = u64::try_from(duration).unwrap_or(u64::MAX),
            "a call has ended"
        );
    }
}

/// A span of the user's code, named as SignalR names it. It begins a trace, or goes on with the
/// caller's: all calls of a connection, which may last for days, would be too many for one. It is
/// linked to the connection's.
fn span(connection: &Connection, method: &str) -> Span {
    let who = connection.who();
    let span = tracing::debug_span!(
        target: targets::SPANS,
        parent: None,
        "call",
        otel.name = format!("{}/{method}", who.hub),
        otel.kind = "server",
        otel.status_code = Empty,
        rpc.system = "signalr",
        rpc.service = who.hub,
        rpc.method = method,
        error.type = Empty,
        connection_id = %who.id,
        user_id = who.user,
        trace_id = Empty,
        parent_id = Empty,
    );
    if let Some(connection) = connection.life().span() {
        span.follows_from(connection);
    }
    span
}

/// Makes a call part of its caller's trace, if its headers name one.
fn adopt(span: &Span, invocation: &Invocation<'_>) {
    let header = invocation.headers.get("traceparent");
    let Some(parent) = header.as_deref().and_then(TraceParent::parse) else {
        return;
    };
    span.record("trace_id", tracing::field::display(parent.trace_id()));
    span.record("parent_id", tracing::field::display(parent.parent_id()));
    let state = invocation.headers.get("tracestate");
    remote::adopt(span, parent, state.as_deref());
}

type LifeCycle<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Runs what the user's hub does when a connection comes or goes in a span of its own.
pub(crate) fn in_span<T: 'static>(
    connection: &Connection,
    method: &str,
    future: LifeCycle<T>,
) -> LifeCycle<T> {
    if !tracing::span_enabled!(target: targets::SPANS, Level::DEBUG) {
        return future;
    }
    Box::pin(future.instrument(span(connection, method)))
}
