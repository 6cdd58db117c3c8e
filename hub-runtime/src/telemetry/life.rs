//! The life of a connection, as the log and the metrics tell of it.

use super::metrics::HubMetrics;
use super::targets;
use hub_core::DisconnectReason;
use hub_core::negotiate::TransportType;
use hub_core::protocol::Protocol;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;
use tracing::Span;
use tracing::span::Entered;

/// A connection as the log names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who<'a> {
    /// The hub, or the path of a handler of bytes.
    pub(crate) hub: &'a str,
    pub(crate) id: LogId<'a>,
    pub(crate) transport: TransportType,
    /// `None` for nobody, and where users are not to be named.
    pub(crate) user: Option<&'a str>,
}

/// The id of a connection in the log.
///
/// In version 0 of negotiate it is the secret token too (wire specification, section 4): whoever
/// reads it may post for the client. Such a connection goes by its number in this process.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LogId<'a> {
    Id(&'a str),
    Number(u64),
}

impl<'a> LogId<'a> {
    pub(crate) fn new(id: &'a str, is_token: bool, number: u64) -> Self {
        if is_token {
            Self::Number(number)
        } else {
            Self::Id(id)
        }
    }
}

impl fmt::Display for LogId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => f.write_str(id),
            Self::Number(number) => write!(f, "#{number}"),
        }
    }
}

/// What a connection keeps for its log lines.
#[derive(Debug)]
pub(crate) struct Life {
    /// In milliseconds of the hubs' clock.
    since: u64,
    /// `None` while nobody looks at spans.
    span: Option<Box<Span>>,
}

impl Life {
    /// A connection's transport is there.
    pub(crate) fn begin(metrics: &HubMetrics, who: Who<'_>, now: u64) -> Self {
        metrics.connected(who.transport);
        let span = tracing::debug_span!(
            target: targets::SPANS,
            parent: None,
            "connection",
            hub = who.hub,
            connection_id = %who.id,
            transport = %who.transport,
            user_id = who.user,
        );
        Self {
            since: now,
            span: (!span.is_disabled()).then(|| Box::new(span)),
        }
    }

    /// The client may be spoken to. Without a protocol it is a connection of bytes.
    pub(crate) fn opened(who: Who<'_>, protocol: Option<Protocol>) {
        let protocol = protocol.map(Protocol::name);
        tracing::info!(
            target: targets::SESSION,
            hub = who.hub,
            connection_id = %who.id,
            transport = %who.transport,
            protocol,
            user_id = who.user,
            "a connection was opened"
        );
    }

    /// The connection has ended; to be told once.
    pub(crate) fn ended(&self, metrics: &HubMetrics, who: Who<'_>, end: End<'_>) {
        let End {
            reason,
            was_opened,
            now,
        } = end;
        let millis = now.saturating_sub(self.since);
        metrics.disconnected(
            who.transport,
            reason.status(),
            Duration::from_millis(millis),
        );
        // Whoever knocks and does not speak the protocol is no news.
        if was_opened {
            tracing::info!(
                target: targets::SESSION,
                hub = who.hub,
                connection_id = %who.id,
                transport = %who.transport,
                reason = &*reason.text(),
                duration_ms = millis,
                user_id = who.user,
                "a connection was closed"
            );
        } else {
            tracing::debug!(
                target: targets::SESSION,
                hub = who.hub,
                connection_id = %who.id,
                transport = %who.transport,
                reason = &*reason.text(),
                duration_ms = millis,
                "a connection ended before its handshake"
            );
        }
    }

    /// What happens until the result is dropped happens in the connection's span.
    #[inline]
    pub(crate) fn enter(&self) -> Option<Entered<'_>> {
        self.span.as_ref().map(|span| span.enter())
    }

    pub(super) fn span(&self) -> Option<&Span> {
        self.span.as_deref()
    }
}

/// The end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End<'a> {
    pub(crate) reason: Ending<'a>,
    /// Whether its client has been spoken to.
    pub(crate) was_opened: bool,
    /// In milliseconds of the hubs' clock.
    pub(crate) now: u64,
}

/// How a connection has ended.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Ending<'a> {
    Told(&'a DisconnectReason),
    /// Its handler has returned, or its client has gone.
    Closed,
    /// The server did not wait for it any longer.
    Dropped,
}

impl Ending<'_> {
    /// A sentence. Fields that are texts are quoted, so that no client ends a line of the log.
    fn text(self) -> Cow<'static, str> {
        match self {
            Self::Told(reason) => reason.to_string().into(),
            Self::Closed => "the connection has ended".into(),
            Self::Dropped => "the server did not wait for it any longer".into(),
        }
    }

    /// What OpenTelemetry's conventions call it (`signalr.connection.status`).
    fn status(self) -> &'static str {
        match self {
            Self::Told(DisconnectReason::ServerShutdown) | Self::Dropped => "app_shutdown",
            Self::Told(DisconnectReason::ClientTimeout | DisconnectReason::SlowConsumer) => {
                "timeout"
            }
            Self::Told(_) | Self::Closed => "normal_closure",
        }
    }
}
