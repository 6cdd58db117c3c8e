use crate::client::Client;
use crate::hub::Server;
use opentelemetry::KeyValue;
use opentelemetry::trace::{SpanKind, Status, TracerProvider as _};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use serde_json::json;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// Spans and nothing else go to OpenTelemetry, as the guide shows it.
fn tracing() -> (InMemorySpanExporter, tracing::subscriber::DefaultGuard) {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let guard = Registry::default()
        .with(EnvFilter::new("off,hub_runtime::spans=debug"))
        .with(tracing_opentelemetry::layer().with_tracer(provider.tracer("hubs")))
        .set_default();
    (exporter, guard)
}

fn named(spans: &[SpanData], name: &str) -> SpanData {
    let found = spans.iter().find(|span| span.name == name);
    found
        .unwrap_or_else(|| panic!("{name} is not in {spans:#?}"))
        .clone()
}

fn has(span: &SpanData, key: &'static str, value: &'static str) -> bool {
    span.attributes.contains(&KeyValue::new(key, value))
}

#[tokio::test]
async fn a_call_is_part_of_its_callers_trace() {
    let (exporter, _guard) = tracing();
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    for (id, target, arguments) in [
        ("1", "Add", json!([1, 2])),
        ("2", "Wait", json!(["x"])),
        ("3", "Panic", json!([])),
    ] {
        let headers = json!({
            "traceparent": format!("00-{TRACE}-{PARENT}-01"),
            "tracestate": "vendor=value",
        });
        client
            .send(json!({"type": 1, "invocationId": id, "target": target, "arguments": arguments, "headers": headers}))
            .await;
        if target == "Wait" {
            client.read_by_server().await;
            server.go.notify_one();
        }
        client.next().await;
    }
    client.invoke("Echo", json!(["x"])).await;
    client.close().await;
    server.hubs.shutdown().await;
    drop(server);
    let spans = exporter.get_finished_spans().expect("spans");
    for name in ["Add", "Wait", "Panic"] {
        let span = named(&spans, &format!("TestHub/{name}"));
        assert_eq!(span.span_context.trace_id().to_string(), TRACE);
        assert_eq!(span.parent_span_id.to_string(), PARENT);
        assert!(span.parent_span_is_remote);
        assert_eq!(span.span_context.trace_state().get("vendor"), Some("value"));
        assert_eq!(span.span_kind, SpanKind::Server);
        assert!(has(&span, "rpc.system", "signalr"));
        assert!(has(&span, "rpc.service", "TestHub"));
        let failed = name == "Panic";
        assert_eq!(has(&span, "error.type", "Panic"), failed);
        assert_eq!(matches!(span.status, Status::Error { .. }), failed);
        // Linked to its connection, which began another trace.
        assert_eq!(span.links.len(), 1);
    }
    let alone = named(&spans, "TestHub/Echo");
    assert_ne!(alone.span_context.trace_id().to_string(), TRACE);
    assert_eq!(alone.parent_span_id, opentelemetry::SpanId::INVALID);
    for name in [
        "TestHub/OnConnectedAsync",
        "TestHub/OnDisconnectedAsync",
        "connection",
    ] {
        named(&spans, name);
    }
}

#[tokio::test]
async fn a_broken_traceparent_is_no_parent() {
    let (exporter, _guard) = tracing();
    let server = Server::start().await;
    let mut client = Client::json(&server).await;
    let headers = json!({"traceparent": format!("00-{TRACE}-{PARENT}"), "tracestate": "=,="});
    client
        .send(json!({"type": 1, "invocationId": "1", "target": "Add", "arguments": [1, 2], "headers": headers}))
        .await;
    assert_eq!(client.next().await.expect("an answer")["result"], 3);
    let spans = exporter.get_finished_spans().expect("spans");
    let span = named(&spans, "TestHub/Add");
    assert_ne!(span.span_context.trace_id().to_string(), TRACE);
}
