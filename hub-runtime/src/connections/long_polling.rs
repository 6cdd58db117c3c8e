//! Long polling: each request waits for messages and takes all there are (wire specification,
//! section 5.3).

use super::mailslot::{Mailslot, Taken};
use crate::server::clock::CoarseClock;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE, EXPIRES, HeaderMap, HeaderName, PRAGMA};
use http::{HeaderValue, StatusCode};
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

/// Sent with every answer to a poll, refusals included, so that nothing between caches one.
const NO_CACHE: [(HeaderName, &str); 3] = [
    (CACHE_CONTROL, "no-cache, no-store"),
    (PRAGMA, "no-cache"),
    (EXPIRES, "Thu, 01 Jan 1970 00:00:00 GMT"),
];

/// Forbids caching an answer.
pub(super) fn uncached(mut response: Response) -> Response {
    add_no_cache(response.headers_mut());
    response
}

fn add_no_cache(headers: &mut HeaderMap) {
    for (name, value) in NO_CACHE {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// The answer to the first poll, which only starts the connection.
pub(super) fn started(slot: &Mailslot, clock: &CoarseClock) -> Response {
    let number = slot.respond();
    slot.responded(number, clock.millis());
    answer(
        StatusCode::OK,
        "application/octet-stream",
        bytes::Bytes::new(),
    )
}

/// Waits for messages, or for the end of the poll. The flag says that the client has been told
/// that the connection is over.
pub(super) async fn poll(
    slot: Arc<Mailslot>,
    clock: &CoarseClock,
    timeout: Duration,
) -> (Response, bool) {
    let poll = Poll {
        number: slot.respond(),
        slot,
        clock,
    };
    let taken = poll_fn(|task| poll.slot.poll_take(poll.number, task));
    match tokio::time::timeout(timeout, taken).await {
        Ok(Taken::Messages(bytes)) => (
            answer(StatusCode::OK, "application/octet-stream", bytes),
            false,
        ),
        Ok(Taken::Replaced) => (empty(StatusCode::NO_CONTENT), false),
        Ok(Taken::Ended | Taken::Abandoned) => (empty(StatusCode::NO_CONTENT), true),
        Err(_) => (empty(StatusCode::OK), false),
    }
}

/// A running poll. Dropped when it is answered, and also when its client gives up waiting.
struct Poll<'a> {
    slot: Arc<Mailslot>,
    clock: &'a CoarseClock,
    number: u64,
}

impl Drop for Poll<'_> {
    fn drop(&mut self) {
        self.slot.responded(self.number, self.clock.millis());
    }
}

fn empty(status: StatusCode) -> Response {
    answer(status, "text/plain", bytes::Bytes::new())
}

fn answer(status: StatusCode, kind: &'static str, body: bytes::Bytes) -> Response {
    uncached(
        (
            status,
            [(CONTENT_TYPE, HeaderValue::from_static(kind))],
            body,
        )
            .into_response(),
    )
}
