//! A parent of a span in another process, which OpenTelemetry knows and `tracing` does not.

use super::trace_parent::TraceParent;
use tracing::Span;

#[cfg(not(feature = "opentelemetry"))]
pub(super) fn adopt(_: &Span, _: TraceParent, _: Option<&str>) {}

/// Of no effect where no layer of `tracing-opentelemetry` looks.
#[cfg(feature = "opentelemetry")]
pub(super) fn adopt(span: &Span, parent: TraceParent, state: Option<&str>) {
    use opentelemetry::trace::{SpanContext, TraceContextExt as _, TraceFlags, TraceState};
    use tracing_opentelemetry::OpenTelemetrySpanExt as _;

    // A state that cannot be read is left out, as the specification wants it (section 3.3).
    let state = state.and_then(|state| state.parse::<TraceState>().ok());
    let flags = if parent.sampled {
        TraceFlags::SAMPLED
    } else {
        TraceFlags::NOT_SAMPLED
    };
    let parent = SpanContext::new(
        parent.trace_id.into(),
        parent.parent_id.into(),
        flags,
        true,
        state.unwrap_or_default(),
    );
    let _ = span.set_parent(opentelemetry::Context::new().with_remote_span_context(parent));
}
