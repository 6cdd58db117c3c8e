//! The event stream of Server-Sent Events: messages down, one event for each batch (wire
//! specification, section 5.2).

use super::mailslot::{Mailslot, Taken};
use crate::server::drain::Drain;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::{BufMut as _, Bytes, BytesMut};
use futures_core::Stream;
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, PRAGMA};
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// Sent at once: some browsers only believe in a stream after its first byte.
const FIRST: &[u8] = b":\r\n";

/// The response that carries a connection's messages for as long as it lives.
pub(super) fn response(slot: Arc<Mailslot>, drain: Option<Drain>) -> Response {
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (CACHE_CONTROL, HeaderValue::from_static("no-cache,no-store")),
        (PRAGMA, HeaderValue::from_static("no-cache")),
        (CONTENT_ENCODING, HeaderValue::from_static("identity")),
    ];
    let number = slot.stream(drain);
    let events = Events {
        slot,
        number,
        begun: false,
    };
    (headers, Body::from_stream(events)).into_response()
}

struct Events {
    slot: Arc<Mailslot>,
    number: u64,
    begun: bool,
}

impl Stream for Events {
    type Item = Result<Bytes, Infallible>;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if !self.begun {
            self.begun = true;
            return Poll::Ready(Some(Ok(Bytes::from_static(FIRST))));
        }
        match ready!(self.slot.poll_take(self.number, task)) {
            Taken::Messages(messages) => Poll::Ready(Some(Ok(event(&messages)))),
            Taken::Ended | Taken::Abandoned | Taken::Replaced => Poll::Ready(None),
        }
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.slot.streamed();
    }
}

/// One event. The receiver joins its lines with LF, so a CR in front of one is dropped.
fn event(payload: &[u8]) -> Bytes {
    let mut event = BytesMut::with_capacity(payload.len() + 16);
    if !payload.is_empty() {
        for line in payload.split(|byte| *byte == b'\n') {
            let line = match line {
                [rest @ .., b'\r'] if !rest.is_empty() => rest,
                line => line,
            };
            event.put_slice(b"data: ");
            event.put_slice(line);
            event.put_slice(b"\r\n");
        }
    }
    event.put_slice(b"\r\n");
    event.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn every_vector() {
        let vectors = include_str!("../../core/tests/data/vectors.json");
        let vectors: Vec<Value> = serde_json::from_str(vectors).unwrap();
        let of_events = vectors.iter().filter(|vector| vector["protocol"] == "sse");
        let checked = of_events.inspect(|vector| {
            let expected = vector["bytes"].as_str().unwrap().as_bytes();
            match vector["message"].as_str() {
                Some(payload) => {
                    assert_eq!(event(payload.as_bytes()), expected, "{}", vector["name"]);
                }
                None => assert_eq!(FIRST, expected),
            }
        });
        assert_eq!(checked.count(), 7);
    }
}
