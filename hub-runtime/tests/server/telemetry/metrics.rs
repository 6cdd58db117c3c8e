use crate::client::{Client, negotiated, request};
use crate::hub::Server;
use hub_runtime::DisconnectReason;
use metrics_util::debugging::{DebugValue, DebuggingRecorder, Snapshotter};
use serde_json::json;
use std::collections::BTreeMap;

/// What has been counted on this thread, on which all of a test runs.
struct Metrics {
    snapshotter: Snapshotter,
    /// Counts, levels and numbers of values by `name{labels}`: taking them sets them back.
    totals: BTreeMap<String, f64>,
    _recording: metrics::LocalRecorderGuard<'static>,
}

impl Metrics {
    fn record() -> Self {
        let recorder = Box::leak(Box::<DebuggingRecorder>::default());
        Self {
            snapshotter: recorder.snapshotter(),
            totals: BTreeMap::new(),
            _recording: metrics::set_default_local_recorder(recorder),
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    fn look(&mut self) {
        for (key, _, _, value) in self.snapshotter.snapshot().into_vec() {
            let (name, labels) = key.key().clone().into_parts();
            let labels = labels
                .iter()
                .map(|it| format!("{}={}", it.key(), it.value()));
            let labels = labels.collect::<Vec<_>>().join(",");
            let value = match value {
                DebugValue::Counter(count) => count as f64,
                DebugValue::Gauge(value) => value.into_inner(),
                DebugValue::Histogram(values) => values.len() as f64,
            };
            *self
                .totals
                .entry(format!("{}{{{labels}}}", name.as_str()))
                .or_default() += value;
        }
    }

    #[track_caller]
    fn value(&self, name: &str) -> f64 {
        let value = self.totals.get(name);
        *value.unwrap_or_else(|| panic!("{name} is not in {:#?}", self.totals))
    }

    #[track_caller]
    fn check(&self, name: &str, expected: f64) {
        let value = self.value(name);
        assert!((value - expected).abs() < f64::EPSILON, "{name} is {value}");
    }
}

#[tokio::test]
async fn connections_and_calls_are_counted() {
    let mut metrics = Metrics::record();
    let mut server = Server::start().await;
    let path = negotiated(&server).await;
    let mut client = Client::json_at(&server, &path).await;
    client.invoke("Add", json!([1, 2])).await;
    client.invoke("add", json!([1, 2])).await;
    client.invoke("Panic", json!([])).await;
    client.invoke("MadeUp", json!([])).await;
    client.invoke("MadeUpToo", json!([])).await;
    client.call("w", "Wait", json!(["x"])).await;
    client.call("x", "Add", json!([1, 2])).await;
    client.call("y", "Add", json!([1, 2])).await;
    client.read_by_server().await;
    assert_eq!(request(&server, "POST", "/hubs/test?id=x").await.0, 404);
    metrics.look();
    metrics.check(
        "signalr.server.active_connections{hub=TestHub,signalr.transport=web_sockets}",
        1.0,
    );
    metrics.check("hub.negotiations{hub=TestHub}", 1.0);
    metrics.check("hub.requests.refused{hub=TestHub,status=404}", 1.0);
    metrics.check("hub.calls{hub=TestHub,method=Add,outcome=ok}", 2.0);
    metrics.check("hub.call.duration{hub=TestHub,method=Add}", 2.0);
    metrics.check("hub.calls{hub=TestHub,method=Panic,outcome=error}", 1.0);
    metrics.check("hub.calls{hub=TestHub,method=unknown,outcome=refused}", 2.0);
    metrics.check("hub.calls.running{hub=TestHub}", 1.0);
    metrics.check("hub.calls.waiting{hub=TestHub}", 2.0);
    server.go.notify_one();
    while client.next().await.expect("an answer")["invocationId"] != "y" {}
    client.close().await;
    server
        .expect_disconnect(DisconnectReason::ConnectionLost)
        .await;
    server.hubs.shutdown().await;
    metrics.look();
    let active = "signalr.server.active_connections{hub=TestHub,signalr.transport=web_sockets}";
    metrics.check(active, 0.0);
    metrics.check("signalr.server.connection.duration{hub=TestHub,signalr.connection.status=normal_closure,signalr.transport=web_sockets}",
        1.0,
    );
    metrics.check("hub.calls.running{hub=TestHub}", 0.0);
    metrics.check("hub.calls.waiting{hub=TestHub}", 0.0);
}

#[tokio::test]
async fn an_end_has_a_status() {
    let mut metrics = Metrics::record();
    let server = Server::start().await;
    let _client = Client::json(&server).await;
    server.hubs.shutdown().await;
    let name = "signalr.server.connection.duration{hub=TestHub,signalr.connection.status=app_shutdown,signalr.transport=web_sockets}";
    metrics.look();
    metrics.check(name, 1.0);
}

#[tokio::test]
async fn bytes_are_counted() {
    let mut metrics = Metrics::record();
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    client.invoke("Echo", json!(["x".repeat(1000)])).await;
    client.close().await;
    server.hubs.shutdown().await;
    metrics.look();
    let bytes = |name| metrics.value(name);
    // The text, what is around it, and two handshakes.
    let (received, sent) = (
        bytes("hub.received{hub=TestHub}"),
        bytes("hub.sent{hub=TestHub}"),
    );
    assert!((1050.0..1200.0).contains(&received), "{received}");
    assert!((1030.0..1200.0).contains(&sent), "{sent}");
}
