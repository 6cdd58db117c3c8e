use super::{CallEnd, names};
use hub_core::negotiate::TransportType;
use metrics::{Counter, Gauge, Histogram, SharedString, counter, gauge, histogram};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// The metrics of one hub.
///
/// What is counted often has handles, looked up when it first happens and not when hubs are built:
/// a program may install its recorder between the two.
pub(crate) struct HubMetrics {
    hub: SharedString,
    /// How many methods the hub has.
    methods: usize,
    handles: OnceLock<Arc<Handles>>,
}

/// What happens for each message.
pub(super) struct Handles {
    hub: SharedString,
    received: Counter,
    sent: Counter,
    pending: Gauge,
    pub(super) running: Gauge,
    pub(super) waiting: Gauge,
    /// By number of the method; the last one is for all names that no method has.
    methods: Box<[MethodHandles]>,
}

/// Made when there is something to count, so that nothing is shown of what nobody calls.
#[derive(Default)]
struct MethodHandles {
    ended: [OnceLock<Counter>; CallEnd::ALL],
    duration: OnceLock<Histogram>,
}

/// The label of calls whose name no method has: clients make up as many as they like.
const UNKNOWN: &str = "unknown";

impl HubMetrics {
    pub(crate) fn new(hub: impl Into<SharedString>, methods: usize) -> Self {
        Self {
            hub: hub.into(),
            methods,
            handles: OnceLock::new(),
        }
    }

    /// Whether it is worth while to find out what is to be counted.
    pub(crate) const fn are_on() -> bool {
        true
    }

    pub(crate) fn connected(&self, transport: TransportType) {
        // Before anything else of the hub's is counted, so that everything is described.
        self.handles();
        self.active(transport).increment(1);
    }

    pub(crate) fn disconnected(
        &self,
        transport: TransportType,
        status: &'static str,
        duration: Duration,
    ) {
        self.active(transport).decrement(1);
        histogram!(
            names::CONNECTION_DURATION,
            "hub" => self.hub.clone(),
            "signalr.connection.status" => status,
            "signalr.transport" => transport_label(transport),
        )
        .record(duration);
    }

    fn active(&self, transport: TransportType) -> Gauge {
        gauge!(
            names::ACTIVE_CONNECTIONS,
            "hub" => self.hub.clone(),
            "signalr.transport" => transport_label(transport),
        )
    }

    pub(crate) fn negotiated(&self) {
        counter!(names::NEGOTIATIONS, "hub" => self.hub.clone()).increment(1);
    }

    pub(crate) fn refused(&self, status: u16) {
        let status = status.to_string();
        counter!(names::REFUSED_REQUESTS, "hub" => self.hub.clone(), "status" => status)
            .increment(1);
    }

    pub(crate) fn received(&self, bytes: usize) {
        self.handles().received.increment(bytes as u64);
    }

    pub(crate) fn sent(&self, bytes: u64) {
        self.handles().sent.increment(bytes);
    }

    /// What waits at the moment, all connections together.
    #[expect(clippy::cast_precision_loss, reason = "it is far below 2^52")]
    pub(crate) fn pending(&self, bytes: usize) {
        self.handles().pending.set(bytes as f64);
    }

    pub(super) fn handles(&self) -> &Arc<Handles> {
        self.handles
            .get_or_init(|| Arc::new(Handles::new(self.hub.clone(), self.methods)))
    }
}

impl fmt::Debug for HubMetrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HubMetrics").field(&self.hub).finish()
    }
}

impl Handles {
    fn new(hub: SharedString, methods: usize) -> Self {
        names::describe();
        Self {
            received: counter!(names::RECEIVED, "hub" => hub.clone()),
            sent: counter!(names::SENT, "hub" => hub.clone()),
            pending: gauge!(names::PENDING, "hub" => hub.clone()),
            running: gauge!(names::CALLS_RUNNING, "hub" => hub.clone()),
            waiting: gauge!(names::CALLS_WAITING, "hub" => hub.clone()),
            methods: (0..=methods).map(|_| MethodHandles::default()).collect(),
            hub,
        }
    }

    /// The metrics of a method, `None` being the one that does not exist.
    fn method(&self, method: Option<(usize, &'static str)>) -> &MethodHandles {
        let at = method.map_or(self.methods.len() - 1, |(at, _)| at);
        &self.methods[at]
    }

    /// Notes how long a call took.
    pub(super) fn took(&self, method: Option<(usize, &'static str)>, duration: Duration) {
        let name = method.map_or(UNKNOWN, |(_, name)| name);
        self.method(method)
            .duration
            .get_or_init(
                || histogram!(names::CALL_DURATION, "hub" => self.hub.clone(), "method" => name),
            )
            .record(duration);
    }

    /// Counts a call that has ended.
    pub(super) fn ended(&self, method: Option<(usize, &'static str)>, end: CallEnd) {
        let name = method.map_or(UNKNOWN, |(_, name)| name);
        self.method(method).ended[end as usize]
            .get_or_init(|| {
                counter!(
                    names::CALLS,
                    "hub" => self.hub.clone(),
                    "method" => name,
                    "outcome" => end.label(),
                )
            })
            .increment(1);
    }
}

/// What OpenTelemetry's conventions call it (`signalr.transport`).
fn transport_label(transport: TransportType) -> &'static str {
    match transport {
        TransportType::WebSockets => "web_sockets",
        TransportType::ServerSentEvents => "server_sent_events",
        TransportType::LongPolling => "long_polling",
    }
}

pub(crate) fn limit_reached(hub: &str, limit: &'static str) {
    counter!(names::LIMIT_REACHED, "hub" => hub.to_owned(), "limit" => limit).increment(1);
}

pub(crate) fn messages_dropped(hub: &str, policy: &'static str, count: u64) {
    counter!(names::MESSAGES_DROPPED, "hub" => hub.to_owned(), "policy" => policy).increment(count);
}
